//! Keeps the arrows of ARCHITECTURE.md: who may depend on whom, and one copy of what must be one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The names a crate of ours depends on, tests aside.
fn dependencies(name: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package =
        metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == name).unwrap();
    package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn check_never(name: &str, forbidden: &[&str]) {
    let found: Vec<_> = dependencies(name)
        .into_iter()
        .filter(|dependency| forbidden.contains(&dependency.as_str()))
        .collect();
    assert!(found.is_empty(), "{name} must not depend on {found:?}");
}

#[test]
fn the_domain_knows_nobody() {
    check_never(
        "domain",
        &[
            "app",
            "server",
            "leptos",
            "axum",
            "sqlx",
            "tokio",
            "web-sys",
            "js-sys",
            "wasm-bindgen",
            "rand",
            "getrandom",
            "tracing",
        ],
    );
}

#[test]
fn the_app_knows_the_domain_alone() {
    // axum is there for the server's side of the desk's functions alone (feature `ssr`).
    check_never("app", &["server", "sqlx", "tokio", "argon2"]);
    assert!(dependencies("app").contains("domain"));
}

#[test]
fn the_server_knows_both() {
    let dependencies = dependencies("server");
    assert!(dependencies.contains("app") && dependencies.contains("domain"));
}

#[test]
fn there_is_one_copy_of_each_framework() {
    let lock = include_str!("../../Cargo.lock");
    for name in ["axum", "leptos", "sqlx", "tower-http", "wasm-bindgen"] {
        let line = format!("name = \"{name}\"");
        let copies = lock.lines().filter(|known| *known == line).count();
        assert_eq!(copies, 1, "{name}");
    }
}
