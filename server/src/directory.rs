//! Who people are and where they belong, from the database.
