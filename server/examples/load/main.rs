//! Phones that all have signal at once: how many entries a second the server stores and answers, and
//! how long a request takes. For `make bench`, against a server with the demo school on this machine.
//!
//! Each phone is a class teacher, signed in beforehand and up to date, with one connection. Its
//! requests are those of the app: 20 visits, the cursor of the last answer, and the pull that comes
//! back. Prints one JSON object.

#![forbid(unsafe_code)]

mod phone;

use chrono::Utc;
use clap::Parser;
use domain::actor::{Role, Scope};
use domain::calendar::local_date;
use domain::entry::{Body, Entry, Subject};
use domain::fixtures::{County, PASSWORD, Person, Size};
use domain::ids::{EntryId, KnockId};
use phone::{Phone, Result};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Entries a request.
const ENTRIES: usize = 20;

/// Measures a server with the demo school
#[derive(Parser)]
struct Load {
    /// Where it listens, on this machine
    #[arg(default_value = "127.0.0.1:3000")]
    server: SocketAddr,
    /// Phones
    #[arg(long, default_value_t = 16)]
    phones: usize,
    /// Requests a phone, each of 20 entries
    #[arg(long, default_value_t = 20)]
    requests: usize,
    /// Runs
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Requests of one phone with nothing to send and nothing new
    #[arg(long, default_value_t = 200)]
    idle: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let load = Load::parse();
    if !load.server.ip().is_loopback() {
        return Err("only a server on this machine is measured".into());
    }
    let county = County::on(local_date(Utc::now()), Size::School);
    let mut phones = Vec::new();
    for teacher in class_teachers(&county).take(load.phones) {
        let mut phone = Phone::sign_in(load.server, &teacher.phone, PASSWORD).await?;
        phone.catch_up().await?;
        phones.push((phone, visits_of(&county, teacher)));
    }
    if phones.len() < load.phones {
        return Err(format!("the demo has {} class teachers", phones.len()).into());
    }

    let mut idle = Vec::new();
    if let Some((phone, _)) = phones.first_mut() {
        for _ in 0..load.idle {
            idle.push(phone.sync(&[]).await?);
        }
    }

    let mut runs = Vec::new();
    for _ in 0..load.runs {
        let prepared: Vec<_> = phones
            .into_iter()
            .map(|(mut phone, visits)| {
                let work: Vec<_> =
                    (0..load.requests).map(|_| batch(&mut phone, &visits)).collect::<Result<_>>()?;
                Ok((phone, visits, work))
            })
            .collect::<Result<_>>()?;
        let begun = Instant::now();
        let mut pushing = JoinSet::new();
        for (mut phone, visits, work) in prepared {
            pushing.spawn(async move {
                let mut took = Vec::new();
                for entries in &work {
                    took.push(phone.sync(entries).await.map_err(|e| e.to_string())?);
                }
                Ok::<_, String>((phone, visits, took))
            });
        }
        phones = Vec::new();
        let mut took = Vec::new();
        while let Some(done) = pushing.join_next().await {
            let (phone, visits, times) = done??;
            phones.push((phone, visits));
            took.extend(times);
        }
        let entries = load.phones * load.requests * ENTRIES;
        runs.push(json!({
            "entries_per_s": entries as f64 / begun.elapsed().as_secs_f64(),
            "p50_ms": percentile(&mut took, 50),
            "p99_ms": percentile(&mut took, 99),
        }));
    }
    println!("{}", json!({ "runs": runs, "noop_p50_ms": percentile(&mut idle, 50) }));
    Ok(())
}

fn class_teachers(county: &County) -> impl Iterator<Item = &Person> {
    county.people.iter().filter(|p| p.grants.iter().any(|g| g.role == Role::ClassTeacher))
}

/// A visit to each child of the teacher's class, as the demo's story tells one.
fn visits_of(county: &County, teacher: &Person) -> Vec<(Subject, Body)> {
    let classes: Vec<_> = teacher.grants.iter().map(|g| g.scope).collect();
    let story = county.story();
    let is_visit = |body: &&Body| matches!(body, Body::Visit(_));
    let Some(visit) =
        story.iter().map(|w| &w.entry.body).filter(is_visit).max_by_key(|body| format!("{body:?}").len())
    else {
        return Vec::new();
    };
    let mine = county.pupils.iter().filter(|p| classes.contains(&Scope::Class(p.basics.class)));
    mine.map(|pupil| (Subject::Student(pupil.id), visit.clone())).collect()
}

/// The next entries of a phone: one visit a child, as many children as there are, then again.
fn batch(phone: &mut Phone, visits: &[(Subject, Body)]) -> Result<Vec<String>> {
    let now = Utc::now();
    let mut entries = Vec::new();
    for _ in 0..ENTRIES {
        let seq = phone.next_seq();
        let at = usize::try_from(seq)? % visits.len().max(1);
        let (subject, body) = visits.get(at).ok_or("a class without children")?;
        let entry = Entry {
            id: EntryId(Uuid::now_v7()),
            subject: *subject,
            knock: Some(KnockId(Uuid::now_v7())),
            recorded_at: now,
            writer: phone.writer,
            seq,
            supersedes: None,
            body: body.clone(),
        };
        entries.push(serde_json::to_string(&entry)?);
    }
    Ok(entries)
}

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
