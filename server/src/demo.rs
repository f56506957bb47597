//! Fills an empty database with the demo county.
