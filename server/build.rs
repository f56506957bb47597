//! Compiles again when a migration is added; the `migrate!` macro only sees those that change.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
