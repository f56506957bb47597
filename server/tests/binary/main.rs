//! The program itself: starts, serves, ends and starts again on its own Postgres, as operators and power
//! cuts would have it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;
mod killed;
mod program;

use common::TestApp;
use program::{Folder, Program, signal};
use server::cluster::{Cluster, LOGIN, OWNER};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::path::Path;
use std::time::Instant;

/// The middle school of the demo.
const SCHOOL: &str = "9901010202";

#[test]
fn serves_says_where_and_ends_with_its_database() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &[]);
    assert_eq!(server.get("/healthz"), (200, "ok\n".into()));
    assert_eq!(server.get("/students").0, 200);
    assert_eq!(folder.postgres_count(), 1);
    assert!(server.end("TERM").success());
    assert_eq!(folder.postgres_count(), 0);

    let begun = Instant::now();
    let mut again = Program::serve(&folder, &[]);
    assert!(begun.elapsed().as_secs() < 30, "a second start takes {:?}", begun.elapsed());
    assert!(again.end("INT").success());
    assert_eq!(folder.postgres_count(), 0);
}

#[test]
fn a_killed_server_takes_its_database_along_and_starts_again() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &[]);
    server.end("KILL");
    // At once, while the old one may still be writing itself down.
    let mut again = Program::serve(&folder, &[]);
    assert_eq!(again.get("/healthz").0, 200);
    assert_eq!(folder.postgres_count(), 1);
    again.end("TERM");
    assert_eq!(folder.postgres_count(), 0);
}

#[test]
fn files_that_a_power_cut_left_behind_do_not_block_the_next_start() {
    let folder = Folder::new();
    Program::serve(&folder, &[]).end("TERM");
    // The number of a process that lives and is not ours, as after a reboot.
    let mine = format!("{}\n/nowhere\n0\n5432\n\n\n\nready\n", std::process::id());
    std::fs::write(folder.data().join("postgres/postmaster.pid"), mine).unwrap();
    std::fs::create_dir(folder.data().join("postgres.new")).unwrap();
    let mut again = Program::serve(&folder, &[]);
    assert_eq!(again.get("/healthz").0, 200);
    again.end("TERM");
}

#[test]
fn a_database_killed_alone_ends_the_server_with_a_sentence() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &[]);
    let file = std::fs::read_to_string(folder.data().join("postgres/postmaster.pid")).unwrap();
    let postmaster = file.lines().next().unwrap();
    // Its helpers do not hear of its end yet, as on a machine that has too much to do.
    for helper in folder.postgres().iter().filter(|pid| *pid != postmaster) {
        signal(helper, "STOP");
    }
    signal(postmaster, "KILL");
    let status = server.wait();
    assert!(!status.success());
    assert!(server.errors().contains("Postgres ended by itself"), "{}", server.errors());
    assert!(!folder.postgres().is_empty(), "its helpers are still there");
    let mut again = Program::serve(&folder, &[]);
    assert_eq!(again.get("/healthz").0, 200);
    again.end("TERM");
    assert_eq!(folder.postgres(), <[String; 0]>::default());
}

#[test]
fn one_folder_is_served_once_and_commands_go_beside() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &[]);
    let (status, _, errors) = folder.run(&["serve", "--addr", "127.0.0.1:0"]);
    assert!(!status.success() && errors.contains("is in use by process"), "{errors}");
    assert!(folder.run(&["user", "list"]).0.success());
    assert!(folder.run(&["migrate"]).0.success());
    assert_eq!(server.get("/healthz").0, 200, "a command beside it ends nothing");
    server.end("TERM");
    assert!(folder.run(&["user", "list"]).0.success(), "and alone it runs the database itself");
    assert_eq!(folder.postgres_count(), 0);
}

#[test]
fn an_address_that_is_taken_is_said_and_nothing_stays_behind() {
    let (one, two) = (Folder::new(), Folder::new());
    let mut server = Program::serve(&one, &[]);
    let (status, _, errors) = two.run(&["serve", "--addr", &server.address]);
    assert!(!status.success() && errors.contains(&server.address), "{errors}");
    assert_eq!(two.postgres_count(), 0);
    server.end("TERM");
}

#[tokio::test]
async fn two_servers_stand_on_a_database_that_somebody_else_runs() {
    // Roles belong to the whole cluster, and tests beside this one make them too: one after the other.
    let _made = TestApp::empty().await;
    let cluster = Cluster::for_tests(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut postgres = PgConnection::connect_with(&cluster.connection("postgres", "postgres")).await.unwrap();
    let create = format!("CREATE DATABASE {name} OWNER {OWNER}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut postgres).await.unwrap();
    let url =
        |role| format!("postgres://{role}@localhost/{name}?host={}", cluster.data().join("run").display());

    let folder = Folder::new();
    let secret = folder.data().with_extension("secret");
    let (login, owner, secret) = (url(LOGIN), url(OWNER), secret.display().to_string());
    let place = ["--database-url", &login, "--owner-url", &owner, "--secret-file", &secret];
    let ownerless = ["--database-url", &login, "--secret-file", &secret];
    let (status, _, errors) = folder.run(&[&["migrate"], &ownerless[..]].concat());
    assert!(!status.success() && errors.contains("--owner-url"), "{errors}");
    let mut one = Program::serve(&folder, &place);
    let mut two = Program::serve(&folder, &place);
    // The owner's key is for bringing the database into shape; this is done.
    let mut three = Program::serve(&folder, &ownerless);
    assert_eq!([&mut one, &mut two, &mut three].map(|server| server.get("/healthz").0), [200, 200, 200]);
    assert!(!folder.data().exists(), "no cluster of their own");
    assert!([&mut one, &mut two, &mut three].into_iter().all(|server| server.end("TERM").success()));
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut postgres).await.unwrap();
}

#[test]
fn the_secret_is_made_once_and_open_to_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    assert!(folder.run(&["migrate"]).0.success());
    let secret = folder.data().join("secret");
    let made = std::fs::read_to_string(&secret).unwrap();
    assert_eq!(secret.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(folder.run(&["migrate"]).0.success());
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), made);
}

#[test]
fn accounts_are_kept_from_the_command_line() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &["--demo", "village"]);
    let said = |args: &[&str]| {
        let (status, out, errors) = folder.run(args);
        assert!(status.success(), "{args:?}: {errors}");
        out
    };
    let list = said(&["user", "list"]);
    assert!(list.lines().count() >= 10, "{list}");
    let phone = list.lines().next().unwrap().split('\t').next().unwrap();

    let out = said(&["user", "reset-password", phone, "--sign-out"]);
    let one_time = out.trim().rsplit(' ').next().unwrap();
    let (status, answer) =
        server.post("/api/v1/session", &format!("{{\"phone\":\"{phone}\",\"password\":\"{one_time}\"}}"));
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("\"must_change_password\":true"), "{answer}");

    said(&["user", "disable", phone]);
    assert!(
        said(&["user", "list"]).lines().any(|line| line.starts_with(phone) && line.ends_with("disabled"))
    );
    said(&["user", "enable", phone]);

    let out = said(&["user", "add", "14400009999", "--name", "新示例", "--role", "county"]);
    assert!(out.contains("one-time password"), "{out}");
    assert!(said(&["user", "list"]).contains("14400009999\t新示例\tCOUNTY\tone-time password"));
    let (status, _, errors) =
        folder.run(&["user", "add", "14400009998", "--name", "新示例", "--role", "office"]);
    assert!(!status.success() && errors.contains("--school"), "{errors}");
    let (status, _, errors) = folder.run(&["user", "reset-password", "14499999999"]);
    assert!(!status.success() && errors.contains("nobody"), "{errors}");
    server.end("TERM");
}

#[test]
fn what_differs_by_county_and_school_is_set_from_files() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &["--demo", "village"]);
    let written = |name: &str, text: &str| {
        std::fs::write(folder.data().join(name), text).unwrap();
        folder.data().join(name).to_string_lossy().into_owned()
    };
    let said = |args: &[&str]| {
        let (status, out, errors) = folder.run(&[&["set"], args].concat());
        assert!(status.success(), "{args:?}: {errors}");
        out
    };
    let refused = |args: &[&str]| {
        let (status, _, errors) = folder.run(&[&["set"], args].concat());
        assert!(!status.success());
        errors
    };
    let five = written("five.json", r#"{"village_confirm_days": 5, "label": "2026秋"}"#);
    let whole = &["policy", &five, "--county", "990101"][..];
    assert!(said(&[whole, &["--check"]].concat()).contains("village_confirm_days: 3 → 5"));
    assert!(said(whole).contains("village_confirm_days: 3 → 5"), "--check has written");
    assert_eq!(said(whole), "nothing differs\n");

    let two = written("two.json", r#"{"visits_per_term": 2}"#);
    said(&["policy", &two, "--school", SCHOOL]);
    let in_force = said(&["policy", "--school", SCHOOL]);
    assert!(in_force.contains(r#""village_confirm_days": 5"#), "{in_force}");
    assert!(in_force.contains(r#""visits_per_term": 2"#), "{in_force}");
    assert!(said(&["policy", "--county", "990101"]).contains(r#""visits_per_term": 1"#));
    // What comes into force another day is not in force, and what is set after it is laid over it.
    let seven = written("seven.json", r#"{"village_confirm_days": 7}"#);
    said(&["policy", &seven, "--county", "990101", "--from", "2999-09-01"]);
    assert!(said(&["policy", "--school", SCHOOL]).contains(r#""village_confirm_days": 5"#));

    let year = r#"{"terms": [{"semester": "2026-2027-1", "starts_on": "2026-09-01", "ends_on": "2027-01-20"}], "holidays": ["2026-10-01"], "makeup_days": ["2026-10-10"]}"#;
    let year = written("year.json", year);
    assert_eq!(said(&["calendar", &year, "--county", "990101"]), "1 terms, 1 holidays, 1 make-up days\n");
    assert!(said(&["calendar", "--school", SCHOOL]).contains("2026-10-10"));
    let wrong = written(
        "wrong.json",
        r#"{"terms": [{"semester": "1", "starts_on": "2027-09-01", "ends_on": "2027-01-20"}]}"#,
    );
    assert!(refused(&["calendar", &wrong, "--county", "990101"]).contains("ends before it begins"));

    assert!(said(&["school", "--school", SCHOOL, "--phone", "0990-0000000"]).contains("0990-0000000"));
    assert!(
        refused(&["school", "--school", SCHOOL, "--township", "别处"])
            .contains("no township 别处; there are: ")
    );
    assert!(refused(&["policy", &five, "--county", "110101"]).contains("no such county"));
    assert!(refused(&["policy", &year, "--county", "990101"]).contains("no such setting"));
    server.end("TERM");
}

#[test]
fn the_demo_shows_its_accounts_and_they_sign_in() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &["--demo", "village"]);
    let teacher = server.said.iter().find(|line| line.contains("班主任")).unwrap();
    let words: Vec<String> = teacher.split_whitespace().map(str::to_owned).collect();
    let phone = words.iter().find(|word| word.len() == 11 && word.starts_with("144")).unwrap();
    let password = words.last().unwrap();
    let (status, answer) =
        server.post("/api/v1/session", &format!("{{\"phone\":\"{phone}\",\"password\":\"{password}\"}}"));
    assert_eq!(status, 200, "{answer}");
    server.end("TERM");
    assert!(folder.run(&["verify"]).0.success());
}

#[test]
fn help_is_good_enough_to_work_from() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).1;
    for word in
        ["serve", "migrate", "import", "user", "set", "demo", "nightly", "restored", "verify", "Examples:"]
    {
        assert!(help.contains(word), "{word} in {help}");
    }
    // Every flag of every verb is an environment variable too.
    for verb in [
        &["serve"][..],
        &["migrate"],
        &["import", "roster"],
        &["import", "staff"],
        &["user", "add"],
        &["user", "list"],
        &["user", "reset-password"],
        &["set", "policy"],
        &["set", "calendar"],
        &["set", "school"],
        &["demo"],
        &["nightly"],
        &["restored"],
        &["verify"],
    ] {
        let help = folder.run(&[verb, &["-h"]].concat()).1;
        let flag = |line: &&str| line.trim_start().starts_with("--") || line.trim_start().starts_with("-h");
        let flags = help.lines().filter(flag).filter(|line| !line.contains("--help")).count();
        assert!(flags > 5, "{help}");
        assert_eq!(help.matches("[env: ").count(), flags, "{verb:?} {help}");
    }
    let add = folder.run(&["user", "add", "--help"]).1;
    for word in ["class-teacher", "counsellor", "secretary", "group-leader"] {
        assert!(add.contains(word), "{word} in {add}");
    }
    let new =
        ["user", "add", "14400009997", "--name", "新示例", "--role", "cadre", "--village", "990101100205"];
    let (status, _, errors) = folder.run(&[&new[..], &["--post", "boss"]].concat());
    assert!(!status.success() && errors.contains("boss") && errors.contains("secretary"), "{errors}");
    let (status, _, errors) = folder.run(&["--log", "loud=very", "verify"]);
    assert!(!status.success() && errors.contains("--log"), "{errors}");
    assert!(folder.run(&["import", "roster", "--help"]).1.contains("--check"));
}
