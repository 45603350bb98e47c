-- Events that were deleted because they are old: of each its key, so that one that is sent again is still known and not
-- stored a second time. A fifth of the event's room.
CREATE TABLE pruned_events (
  instance_no INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  PRIMARY KEY (instance_no, event_id)
) STRICT, WITHOUT ROWID;
