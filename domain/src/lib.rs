//! The rules of keeping every child in school.
