-- A phone carries its session for months behind an unlock code; a desk stands open to whoever passes. So
-- the desk has sessions of its own, and what a phone was signed in with shows nothing there.
ALTER TABLE session ADD COLUMN place text NOT NULL DEFAULT 'PHONE'
  CONSTRAINT session_place_is_known CHECK (place IN ('PHONE', 'DESK'));
