//! What lies around every request, and the site.

use crate::common::*;
use axum::http::Method;
use rstest::rstest;
use serde_json::json;
use server::http::Reached;

#[tokio::test]
async fn every_answer_has_the_headers_of_a_careful_house() {
    let app = TestApp::empty().await;
    for path in [
        "/",
        "/students",
        "/shell",
        "/q",
        "/v/100205",
        "/desk",
        "/healthz",
        "/api/v1/session",
        "/assets/boot.1.js",
        "/no.js",
    ] {
        let answer = app.anonymous().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{path}: {policy}");
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("unsafe-inline"),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        assert_ne!(answer.header("cache-control"), "", "{path}");
    }
    let app = TestApp::reached(Reached { tls: true, by_proxy: false }).await;
    assert!(app.anonymous().get("/").await.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_write_from_another_site_is_refused_before_anything_else() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    teacher.headers.push(("sec-fetch-site", "cross-site".into()));
    for method in [Method::POST, Method::DELETE, Method::PUT] {
        let answer = teacher.send(method, "/api/v1/session", None).await;
        assert_eq!((answer.status, answer.code()), (403, "FOREIGN_ORIGIN".into()));
    }
    assert_eq!(teacher.get("/api/v1/session").await.status, 200, "reading changes nothing");
}

#[rstest]
#[case::no_such_address(Method::GET, "/api/v1/nope", None, 404, "NOT_FOUND")]
#[case::no_such_version(Method::GET, "/api/v9/session", None, 404, "NOT_FOUND")]
#[case::wrong_verb(Method::PUT, "/api/v1/session", None, 405, "METHOD_NOT_ALLOWED")]
#[case::no_json(Method::POST, "/api/v1/session", Some("李示例"), 400, "MALFORMED")]
#[case::other_json(Method::POST, "/api/v1/session", Some("{\"name\": \"李示例\"}"), 400, "MALFORMED")]
#[case::no_session(Method::GET, "/api/v1/devices", None, 401, "SESSION_EXPIRED")]
#[case::wrong_path(Method::DELETE, "/api/v1/devices/7", None, 401, "SESSION_EXPIRED")]
#[case::no_such_file(Method::GET, "/no.js", None, 404, "NOT_FOUND")]
#[tokio::test]
async fn every_error_has_a_code_a_sentence_and_a_number(
    #[case] method: Method,
    #[case] path: &str,
    #[case] body: Option<&str>,
    #[case] status: u16,
    #[case] code: &str,
) {
    let app = TestApp::empty().await;
    let answer = app.anonymous().send(method, path, body.map(|body| body.as_bytes().to_vec())).await;
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer}");
    let told = answer.json();
    assert!(told["message"].as_str().unwrap().ends_with('。'), "{told}");
    assert_eq!(told["request_id"], answer.header("x-request-id"));
    assert!(!answer.text().contains("李示例"), "says nothing back");
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn too_much_at_once_is_said() {
    let app = TestApp::empty().await;
    let much = json!({"phone": "1".repeat(3 << 20), "password": ""});
    let answer = app.anonymous().post("/api/v1/session", much).await;
    assert_eq!((answer.status, answer.code()), (413, "TOO_LARGE".into()));
}

#[tokio::test]
async fn a_fault_of_ours_says_a_number_and_nothing_else() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    app.force("ALTER TABLE session RENAME TO elsewhere").await;
    let answer = teacher.get("/api/v1/session").await;
    assert_eq!((answer.status, answer.code()), (500, "INTERNAL".into()));
    assert!(!answer.text().contains("elsewhere") && !answer.text().contains("session"), "{answer}");
}

#[tokio::test]
async fn one_shell_answers_every_page_and_holds_nobody() {
    let app = TestApp::new().await;
    let shell = app.anonymous().get("/shell").await;
    assert_eq!((shell.status, shell.header("cache-control")), (200, "no-cache"));
    assert_eq!(shell.header("content-type"), "text/html; charset=utf-8");
    for part in [
        "data-build=\"b1\"",
        "id=\"boot\"",
        "data-offline",
        "/assets/phone.1.wasm",
        "id=\"splash\"",
        "id=\"boot-failed\"",
    ] {
        assert!(shell.text().contains(part), "{part} in {}", shell.text());
    }
    let mut teacher = app.sign_in(TEACHER).await;
    for path in ["/", "/students", "/students/0190", "/?from=home"] {
        assert_eq!(teacher.get(path).await.body, shell.body, "{path}");
    }
    let desk = app.anonymous().get("/desk/visits").await.text();
    assert!(desk.contains("/assets/desk.1.js") && !desk.contains("data-offline"), "{desk}");
    let answer = app.anonymous().get("/q").await;
    assert!(answer.text().contains("id=\"answer\""));
    assert_eq!(app.anonymous().get("/v/100205").await.body, answer.body, "a reminder holds nothing");
}

#[tokio::test]
async fn the_shell_is_not_sent_twice() {
    let app = TestApp::empty().await;
    let mut browser = app.anonymous();
    let etag = browser.get("/").await.header("etag").to_owned();
    browser.headers.push(("if-none-match", etag));
    let again = browser.get("/students").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn hashed_files_never_change_and_come_compressed() {
    let app = TestApp::empty().await;
    let mut browser = app.anonymous();
    let plain = browser.get("/assets/boot.1.js").await;
    assert_eq!((plain.status, plain.text().as_str()), (200, "// boot"));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    browser.headers.push(("accept-encoding", "gzip, br".into()));
    let small = browser.get("/assets/boot.1.js").await;
    assert_eq!((small.header("content-encoding"), small.text().as_str()), ("br", "brotli"));
    let absent = browser.get("/assets/boot.2.js").await;
    assert_eq!((absent.status, absent.header("cache-control")), (404, "no-store"));
    assert_eq!(browser.get("/sw.js").await.header("cache-control"), "no-cache");
    assert_eq!(browser.get("/assets/../assets.json").await.status, 404);
    assert_eq!(browser.get("/assets/%2e%2e/assets.json").await.status, 404);
}
