-- Events that were deleted because they are old: of each its key, so that one that is sent again is still known and not
-- stored a second time. Rows are only ever added, until their instance is deleted.
CREATE TABLE pruned_events (
  instance_no integer NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (instance_no, event_id)
);
