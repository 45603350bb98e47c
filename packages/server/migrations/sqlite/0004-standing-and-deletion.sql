-- Instances that predictions count less than fully, by the forecast's last fit: 0 is set aside. It follows from the events;
-- it is kept so that a restart begins with it.
CREATE TABLE instance_trust (
  instance_no INTEGER PRIMARY KEY REFERENCES instances (instance_no),
  trust REAL NOT NULL
) STRICT;

-- Instances that were deleted. Of one there remain its number and a hash of its id, so that neither is given again, and
-- the last change number of any key, so that a change number is not given again either.
CREATE TABLE deleted_instances (
  deletion_no INTEGER PRIMARY KEY,
  instance_no INTEGER NOT NULL UNIQUE,
  instance_id_sha256 BLOB NOT NULL UNIQUE,
  deleted_at_ms INTEGER NOT NULL,
  last_key_change_no INTEGER NOT NULL
) STRICT;
