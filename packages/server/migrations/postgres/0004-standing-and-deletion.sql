-- Instances that predictions count less than fully, by the forecast's last fit: 0 is set aside. It follows from the events;
-- it is kept so that a restart begins with it.
CREATE TABLE instance_trust (
  instance_no integer PRIMARY KEY REFERENCES instances (instance_no),
  trust double precision NOT NULL
);

-- Instances that were deleted. Of one there remain its number and a hash of its id, so that neither is given again, and
-- the last change number of any key, so that a change number is not given again either.
CREATE TABLE deleted_instances (
  deletion_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_no integer NOT NULL UNIQUE,
  instance_id_sha256 bytea NOT NULL UNIQUE,
  deleted_at_ms bigint NOT NULL,
  last_key_change_no bigint NOT NULL
);
