//! Ends the Postgres that the tests of this checkout share and leave running.
fn main() -> server::Result<()> {
    server::cluster::Cluster::end_for_tests(std::path::Path::new(env!("CARGO_MANIFEST_DIR")))
}
