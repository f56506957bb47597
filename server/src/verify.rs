//! Checks that nothing stored was changed.
