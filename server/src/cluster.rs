//! The server's own Postgres cluster.
