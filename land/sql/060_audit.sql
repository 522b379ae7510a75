-- Everything that is written to the fabric, its changes and its drafts is audited. Of the columns of a parcel those that
-- its closing changes are left out of the digest of loads, generated ones too.
SELECT halong_audit_table('land_parcel',
    'id, identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, geom, valid_from, recorded_from,'
    ' version, source, change_id', 'commune_id, sheet');
SELECT halong_audit_table('boundary_point', 'id, geom, accuracy_m, method, source', 'id / 10000');
SELECT halong_audit_table('land_sourcedocument', 'id, kind, number, issued_on, issuer, title', 'id / 10000');
SELECT halong_audit_table('land_parcelchange',
    'id, kind, commune_id, document_id, effective_on, recorded_at, officer_id, approver_id, operation, preview,'
    ' undoes_id', 'id / 10000');
SELECT halong_audit_table('land_descent', 'id, change_id, parent_id, child_id, area_m2', 'id / 10000');
SELECT halong_audit_table('land_draft', 'id, commune_id, title, state, version, operation, preview, parcels, document_id,'
    ' effective_on, author_id, checker_id, approver_id, note, change_id, created_at, changed_at', 'id / 10000');
