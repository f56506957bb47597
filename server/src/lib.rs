//! Serves phones and desks from Postgres.
