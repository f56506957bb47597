//! Limits on tries.
