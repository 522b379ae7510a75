"""What can be done to the fabric: operations as plain data, planned on a patch, previewed, then carried out."""
