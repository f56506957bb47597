//! Signing in and out through HTTP: sessions, passwords, limits, devices, the key of the vault.

use crate::common::*;
use serde_json::json;
use server::account::{self, NewAccount};
use server::http::Reached;
use uuid::Uuid;

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    let who = teacher.get("/api/v1/session").await.json();
    assert_eq!(who["actor"], json!(actor(TEACHER)));
    assert_eq!(who["must_change_password"], false);

    let answer = teacher.delete("/api/v1/session").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (204, ""));
    let answer = teacher.get("/api/v1/session").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "SESSION_EXPIRED"));
}

#[tokio::test]
async fn nobody_and_a_wrong_password_get_the_same_answer() {
    let app = TestApp::new().await;
    let wrong = app.anonymous().sign_in(TEACHER, "not this one").await;
    let nobody = app.anonymous().sign_in("14499999999", PASSWORD).await;
    assert_eq!((wrong.status, wrong.code()), (401, "WRONG_PASSWORD".into()));
    let told = |answer: &Answer| {
        let mut told = answer.json();
        told["request_id"] = json!(null);
        (answer.status, told, answer.headers.keys().map(|name| name.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(told(&wrong), told(&nobody));
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn a_phone_number_is_read_as_people_write_it() {
    let app = TestApp::new().await;
    assert_eq!(app.anonymous().sign_in("+86 144 0000 0002", PASSWORD).await.status, 200);
    let short = app.anonymous().sign_in("1440000000", PASSWORD).await;
    assert_eq!((short.status, short.code()), (422, "PHONE_SHORT".into()));
    assert_eq!(short.json()["field"], "phone");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let app = TestApp::new().await;
    let answer = app.anonymous().sign_in(TEACHER, PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("qm="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=15552000"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }

    let app = TestApp::reached(Reached { tls: false, by_proxy: true }).await;
    found(&app.state.database).await;
    let mut browser = app.anonymous();
    browser.headers.push(("x-forwarded-proto", "https".into()));
    let answer = browser.sign_in(TEACHER, PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-qm=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(browser.get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn the_database_knows_a_token_only_by_its_hash() {
    let app = TestApp::new().await;
    let teacher = app.sign_in(TEACHER).await;
    let token = teacher.cookie.unwrap();
    let random = domain::base64url::decode(token.rsplit('.').next().unwrap()).unwrap();
    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT token_hash FROM session").fetch_one(&app.superuser).await.unwrap();
    assert_eq!((random.len(), stored.len()), (32, 32));
    assert_ne!(random, stored);
}

#[tokio::test]
async fn a_session_holds_on_every_server_of_the_database() {
    let app = TestApp::new().await;
    let mut other = app.beside();
    other.cookie = app.sign_in(TEACHER).await.cookie;
    assert_eq!(other.get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn what_one_person_wrote_does_not_go_out_under_anothers_session() {
    let app = TestApp::new().await;
    let mut shared = app.sign_in(OFFICE).await;
    shared.headers.push(("x-qiaomen-user", user(OFFICE).to_string()));
    assert_eq!(shared.get("/api/v1/session").await.status, 200);
    shared.headers[0].1 = user(TEACHER).to_string();
    assert_eq!(shared.get("/api/v1/session").await.code(), "SESSION_EXPIRED");
}

#[tokio::test]
async fn a_session_ends_by_its_time_and_by_lying_idle() {
    let app = TestApp::new().await;
    for end in [
        "UPDATE session SET expires_at = now() - interval '1 second'",
        "UPDATE session SET seen_at = now() - interval '46 days'",
    ] {
        let mut teacher = app.sign_in(TEACHER).await;
        assert_eq!(teacher.get("/api/v1/session").await.status, 200);
        app.force(end).await;
        assert_eq!(teacher.get("/api/v1/session").await.code(), "SESSION_EXPIRED", "{end}");
    }
}

#[tokio::test]
async fn being_used_keeps_a_session() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    app.force("UPDATE session SET seen_at = now() - interval '44 days'").await;
    teacher.get("/api/v1/session").await;
    assert_eq!(
        app.count("SELECT count(*) FROM session WHERE seen_at > now() - interval '1 minute'").await,
        1
    );
}

#[tokio::test]
async fn nonsense_in_the_cookie_is_no_session() {
    let app = TestApp::new().await;
    let county = county().0.simple().to_string();
    for cookie in [
        "qm=".into(),
        "qm=x".into(),
        format!("qm={county}"),
        format!("qm={county}.AAAA"),
        format!("qm={county}.{}", domain::base64url::encode(&[0; 32])),
        format!("qm=%00.{}", domain::base64url::encode(&[0; 32])),
    ] {
        let mut browser = app.anonymous();
        browser.cookie = Some(cookie.clone());
        assert_eq!(browser.get("/api/v1/session").await.status, 401, "{cookie}");
    }
}

/// A new teacher with a one-time password.
async fn newcomer(app: &TestApp, phone: &str) -> String {
    let (password, secured) = account::one_time().await.unwrap();
    let new = NewAccount { id: user(phone), name: "新示例".into(), phone: phone.into(), secured };
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    account::create(&mut tx, county(), &new).await.unwrap();
    account::grant(&mut tx, county(), user(phone), &grant(TEACHER)).await.unwrap();
    tx.commit().await.unwrap();
    password
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_own_change() {
    let app = TestApp::new().await;
    let one_time = newcomer(&app, "14400000099").await;
    let mut newcomer = app.anonymous();
    let welcome = newcomer.sign_in("14400000099", &one_time).await.json();
    assert_eq!(welcome["must_change_password"], true);
    let refused = newcomer.post("/api/v1/sync", json!({"protocol": 1, "writer": Uuid::new_v4()})).await;
    assert_eq!((refused.status, refused.code()), (403, "PASSWORD_MUST_CHANGE".into()));

    for (current, new, code) in [
        (one_time.as_str(), "short", "PASSWORD_SHORT"),
        (&one_time, "12345678", "PASSWORD_COMMON"),
        (&one_time, "14400000099", "PASSWORD_IS_PHONE"),
        (&one_time, &one_time, "PASSWORD_SAME"),
        ("not this one", "correct horse", "PASSWORD_WRONG"),
    ] {
        let answer = newcomer.post("/api/v1/password", json!({"current": current, "new": new})).await;
        assert_eq!((answer.status, answer.code()), (422, code.into()), "{new}");
    }
    let changed =
        newcomer.post("/api/v1/password", json!({"current": one_time, "new": "correct horse"})).await;
    assert_eq!(changed.status, 204, "{changed}");
    assert_eq!(newcomer.get("/api/v1/session").await.json()["must_change_password"], false);
    assert_ne!(
        newcomer.post("/api/v1/sync", json!({"protocol": 1, "writer": Uuid::new_v4()})).await.status,
        403
    );
    assert_eq!(app.anonymous().sign_in("14400000099", &one_time).await.status, 401);
    assert_eq!(app.anonymous().sign_in("14400000099", "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_one_time_password_is_over_after_its_days() {
    let app = TestApp::new().await;
    let one_time = newcomer(&app, "14400000099").await;
    app.force("UPDATE account SET one_time_until = now() - interval '1 second' WHERE phone = '14400000099'")
        .await;
    assert_eq!(app.anonymous().sign_in("14400000099", &one_time).await.code(), "ONE_TIME_EXPIRED");
    assert_eq!(app.anonymous().sign_in("14400000099", "not this one").await.code(), "WRONG_PASSWORD");
}

#[tokio::test]
async fn a_phone_number_belongs_to_one_account() {
    let app = TestApp::new().await;
    let (_, secured) = account::one_time().await.unwrap();
    let new = NewAccount { id: user("another"), name: "新示例".into(), phone: TEACHER.into(), secured };
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    let error = account::create(&mut tx, county(), &new).await.unwrap_err();
    assert_eq!(error.to_string(), "phone: PHONE_TAKEN");
}

#[tokio::test]
async fn guessing_is_slowed_down_for_one_account_alone() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        assert_eq!(app.anonymous().sign_in(TEACHER, "not this one").await.status, 401);
    }
    let answer = app.anonymous().sign_in(TEACHER, PASSWORD).await;
    assert_eq!((answer.status, answer.code()), (429, "TOO_MANY".into()), "even with the right password");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(app.beside().sign_in(TEACHER, PASSWORD).await.status, 429, "on another server too");
    assert_eq!(app.anonymous().sign_in(OFFICE, PASSWORD).await.status, 200, "colleagues are not touched");

    app.force("UPDATE throttle SET last = last - interval '61 seconds'").await;
    assert_eq!(app.anonymous().sign_in(TEACHER, PASSWORD).await.status, 200);
    assert_eq!(
        app.anonymous().sign_in(TEACHER, "not this one").await.status,
        401,
        "and all tries are free again"
    );
}

#[tokio::test]
async fn a_number_without_an_account_is_slowed_down_alike() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        app.anonymous().sign_in("14499999999", "not this one").await;
    }
    assert_eq!(app.anonymous().sign_in("14499999999", "not this one").await.status, 429);
}

#[tokio::test]
async fn a_village_behind_one_address_signs_in_all_the_same() {
    let app = TestApp::new().await;
    for n in 0..25 {
        assert_eq!(app.anonymous().sign_in(&format!("1449999{n:04}"), "not this one").await.status, 401);
    }
    assert_eq!(app.anonymous().sign_in(TEACHER, PASSWORD).await.status, 200);
    app.force("UPDATE throttle SET tries = 300 WHERE tries > 20").await;
    assert_eq!(app.anonymous().sign_in(OFFICE, PASSWORD).await.status, 429, "there is a limit");
    let elsewhere = TestApp::reached(Reached { tls: false, by_proxy: true }).await;
    found(&elsewhere.state.database).await;
    let mut browser = elsewhere.anonymous();
    browser.headers.push(("x-forwarded-for", "198.51.100.7, 203.0.113.9".into()));
    assert_eq!(browser.sign_in(OFFICE, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_person_lists_and_ends_their_own_devices() {
    let app = TestApp::new().await;
    let mut lost = app.anonymous();
    let device = json!({"id": Uuid::new_v4(), "label": "旧手机"});
    lost.post("/api/v1/session", json!({"phone": TEACHER, "password": PASSWORD, "device": device})).await;
    let mut phone = app.sign_in(TEACHER).await;
    let mut stranger = app.sign_in(OFFICE).await;

    let devices = phone.get("/api/v1/devices").await.json();
    assert_eq!(devices.as_array().unwrap().len(), 2);
    let other = devices.as_array().unwrap().iter().find(|device| device["current"] == false).unwrap();
    assert_eq!(other["label"], "旧手机");
    let path = format!("/api/v1/devices/{}", other["id"].as_str().unwrap());
    assert_eq!(stranger.delete(&path).await.status, 404);
    assert_eq!(lost.get("/api/v1/session").await.status, 200);
    assert_eq!(phone.delete(&path).await.status, 204);
    let answer = lost.get("/api/v1/session").await;
    assert_eq!(
        (answer.status, answer.code()),
        (401, "REVOKED".into()),
        "a lost phone puts the children away"
    );
    assert_eq!(phone.get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn a_changed_password_ends_other_sessions_if_asked() {
    let app = TestApp::new().await;
    let (mut one, mut two) = (app.sign_in(TEACHER).await, app.sign_in(TEACHER).await);
    let change = |current: &str, new: &str, others: bool| json!({"current": current, "new": new, "sign_out_others": others});
    assert_eq!(one.post("/api/v1/password", change(PASSWORD, "correct horse", false)).await.status, 204);
    assert_eq!(two.get("/api/v1/session").await.status, 200);
    assert_eq!(
        one.post("/api/v1/password", change("correct horse", "battery staple", true)).await.status,
        204
    );
    assert_eq!(two.get("/api/v1/session").await.code(), "REVOKED");
    assert_eq!(one.get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn a_closed_account_is_out_at_once() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    account::set_disabled(&mut tx, county(), user(TEACHER), true).await.unwrap();
    tx.commit().await.unwrap();
    let answer = teacher.get("/api/v1/session").await;
    assert_eq!((answer.status, answer.code()), (401, "REVOKED".into()));
    assert_eq!(app.anonymous().sign_in(TEACHER, PASSWORD).await.code(), "WRONG_PASSWORD");
}

#[tokio::test]
async fn a_grant_taken_away_is_gone_from_the_next_request_on() {
    let app = TestApp::new().await;
    let mut teacher = app.sign_in(TEACHER).await;
    let mut tx = app.state.database.registrar(county()).await.unwrap();
    account::revoke(&mut tx, county(), user(TEACHER), &grant(TEACHER)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(teacher.get("/api/v1/session").await.json()["actor"]["grants"], json!([]));
}

#[tokio::test]
async fn the_recovery_key_is_one_for_a_person_on_a_device_and_needs_a_password() {
    let app = TestApp::new().await;
    let (device, other) = (Uuid::new_v4(), Uuid::new_v4());
    let sign_in = async |phone: &str, device: Uuid| {
        let mut browser = app.anonymous();
        let typed = json!({"phone": phone, "password": PASSWORD, "device": {"id": device}});
        let key =
            browser.post("/api/v1/session", typed).await.json()["recovery_key"].as_str().unwrap().to_owned();
        (browser, key)
    };
    let (mut teacher, key) = sign_in(TEACHER, device).await;
    assert_eq!(domain::base64url::decode(&key).unwrap().len(), 32);
    assert_eq!(sign_in(TEACHER, device).await.1, key);
    assert_ne!(sign_in(TEACHER, other).await.1, key);
    assert_ne!(sign_in(OFFICE, device).await.1, key);
    assert_eq!(teacher.get("/api/v1/vault").await.json()["recovery_key"], key.as_str());

    app.force("UPDATE session SET created_at = now() - interval '11 minutes'").await;
    let refused = teacher.get("/api/v1/vault").await;
    assert_eq!((refused.status, refused.code()), (403, "PASSWORD_NEEDED".into()));
}

#[tokio::test]
async fn what_opens_a_phone_opens_no_desk() {
    let app = TestApp::new().await;
    let begin = "/api/v1/desk/begin";
    let mut browser = app.sign_in(OFFICE).await;
    let phone = browser.cookie.clone();
    assert_eq!(browser.post(begin, json!({})).await.code(), "SESSION_EXPIRED", "the phone's cookie");
    // The same token under the desk's name, as somebody with the browser's tools would try.
    browser.cookie = phone.as_ref().map(|cookie| cookie.replacen("qm=", "qm-desk=", 1));
    assert_eq!(browser.post(begin, json!({})).await.code(), "SESSION_EXPIRED", "under another name");

    let answer = browser.sit_down(OFFICE, PASSWORD).await;
    assert!(answer.header("set-cookie").starts_with("qm-desk="), "{}", answer.header("set-cookie"));
    assert!(answer.header("set-cookie").contains("; Max-Age=43200"), "a working day");
    assert!(answer.json()["recovery_key"].is_null(), "a desk keeps nothing that it could open");
    assert_eq!(browser.post(begin, json!({})).await.status, 200);
    // Both in one browser, each with its own; leaving the desk leaves the phone as it is.
    let desk = browser.cookie.clone();
    browser.cookie = Some(format!("{}; {}", phone.clone().unwrap(), desk.clone().unwrap()));
    assert_eq!(browser.get("/api/v1/session").await.status, 200);
    assert_eq!(browser.post(begin, json!({})).await.status, 200);
    assert_eq!(browser.delete("/api/v1/desk/session").await.status, 204);
    assert_eq!(browser.post(begin, json!({})).await.code(), "SESSION_EXPIRED");
    assert_eq!(browser.get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn a_desk_nobody_sits_at_closes_within_the_hour() {
    let app = TestApp::new().await;
    let mut desk = app.sit_down(OFFICE).await;
    app.force("UPDATE session SET seen_at = now() - interval '59 minutes'").await;
    assert_eq!(desk.get("/api/v1/desk/session").await.status, 200);
    app.force("UPDATE session SET seen_at = now() - interval '61 minutes'").await;
    assert_eq!(desk.get("/api/v1/desk/session").await.code(), "SESSION_EXPIRED");
}

#[tokio::test]
async fn the_network_of_a_subscriber_counts_as_one_address() {
    let app = TestApp::reached(Reached { tls: false, by_proxy: true }).await;
    found(&app.state.database).await;
    let from = async |address: &str, phone: &str| {
        let mut browser = app.anonymous();
        browser.headers.push(("x-forwarded-for", address.into()));
        browser.sign_in(phone, PASSWORD).await.status
    };
    for n in 1..=3 {
        assert_eq!(from(&format!("2001:db8:1:2::{n}"), "14499999999").await, 401);
    }
    app.force("UPDATE throttle SET tries = 300").await;
    assert_eq!(from("2001:db8:1:2:a:b:c:d", TEACHER).await, 429, "the same /64");
    assert_eq!(from("2001:db8:1:3::1", TEACHER).await, 200, "another one");
    assert_eq!(from("::ffff:203.0.113.9", OFFICE).await, 200);
    app.force("UPDATE throttle SET tries = 300 WHERE tries < 300").await;
    assert_eq!(from("203.0.113.9", OFFICE).await, 429, "the same, written as it is");
}

#[tokio::test]
async fn somebody_who_keeps_guessing_does_not_keep_her_out_of_her_own_phone() {
    let app = TestApp::new().await;
    let device = Uuid::new_v4();
    let sign_in = async |password: &str, device: Uuid| {
        let typed = json!({"phone": TEACHER, "password": password, "device": {"id": device}});
        app.anonymous().post("/api/v1/session", typed).await.status
    };
    assert_eq!(sign_in(PASSWORD, device).await, 200);
    for _ in 0..5 {
        assert_eq!(sign_in("not this one", Uuid::new_v4()).await, 401);
    }
    assert_eq!(sign_in(PASSWORD, Uuid::new_v4()).await, 429, "a phone nobody has seen");
    assert_eq!(sign_in(PASSWORD, device).await, 200, "hers");
    assert_eq!(sign_in("not this one", Uuid::new_v4()).await, 429, "and nothing is forgiven to the others");
    for _ in 0..5 {
        assert_eq!(sign_in("not this one", device).await, 401);
    }
    assert_eq!(sign_in(PASSWORD, device).await, 429, "a stolen phone is no way to guess");
}
