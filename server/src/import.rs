//! Reads rosters and staff lists.
