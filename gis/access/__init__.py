"""Who is asking and what he may: users, roles with areas, the viewer, the one policy."""
