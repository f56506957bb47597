//! What the village's answer binds to, and which entries may stand: changes inside and outside the
//! projection, strengths, disowned answers, and every rule of `judge`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod judging;
mod reports;
mod shown;
mod told;

use chrono::{Duration, NaiveDate};
use domain::access::Place;
use domain::actor::{Actor, Role};
use domain::card::{Asked, cards};
use domain::confirmation::{
    Answer, Confirmation, Dispute, Projection, Proof, Seal, Secret, Standing, Strength, Told, VillageNote,
    standing,
};
use domain::duty::{Owner, owed};
use domain::entry::{Body, Entry, Kind, Subject};
use domain::fixtures::{County, Size};
use domain::found_child::FoundChild;
use domain::ids::{EntryId, KnockId, SchoolId, UserId};
use domain::judge::{Facts, Known, KnownKnock, Verdict, judge};
use domain::policy::Policy;
use domain::register::{Register, Source};
use domain::review::{Review, Verdict as Reviewed};
use domain::safeguarding::{SafeguardingHandled, SafeguardingReport};
use domain::student::{Recorded, StudentState};
use domain::visit::{Commitment, Met, Participant, Supplement, Visit, Withdrawal};
use domain::vocabulary::*;
use rstest::rstest;
use uuid::Uuid;

fn friday() -> NaiveDate {
    "2026-11-20".parse().unwrap()
}

fn county() -> County {
    County::on(friday(), Size::Village)
}

/// A door-knock of the demo county, as it was written.
fn knock() -> (Entry, Visit) {
    let entry = county()
        .story()
        .into_iter()
        .map(|written| written.entry)
        .find(|e| matches!(&e.body, Body::Visit(v) if v.kind == VisitKind::DoorKnock && v.outcome == Outcome::Met))
        .expect("the demo county has a door-knock that met somebody");
    let Body::Visit(visit) = entry.body.clone() else { unreachable!() };
    (entry, visit)
}

fn mark(visit: &Visit) -> String {
    Projection::of(KnockId(Uuid::from_u128(1)), visit).mark()
}

type Change = fn(&mut Visit);

fn answer(n: u128, result: ConfirmationResult, strength: Strength, shown: Option<&str>) -> Answer {
    Answer {
        entry: EntryId(Uuid::from_u128(n)),
        result,
        strength,
        role: CadreRole::Secretary,
        name: None,
        user: None,
        at: "2026-11-20T10:00:00Z".parse().unwrap(),
        shown: shown.map(Into::into),
        discrepancies: vec![],
        comment: None,
        disputed: false,
    }
}

struct Case {
    actor: Actor,
    place: Place,
    state: StudentState,
    entry: Entry,
}

/// An entry of that kind about a child of 李老师's class, by the holder of a role.
fn case(role: Role, body: Body) -> Case {
    let county = county();
    let (written, visit) = knock();
    let pupil = county.pupils.iter().find(|p| Subject::Student(p.id) == written.subject).unwrap();
    let class = pupil.basics.class;
    let village = visit.village;
    let school = pupil.basics.school;
    let holds = |g: &domain::actor::Grant| {
        g.role == role && [class.0, school.0, village.0, county.id.0].contains(&g.scope.key())
    };
    let person = county.people.iter().find(|p| p.grants.iter().any(holds));
    let actor = county.actor(person.unwrap_or_else(|| panic!("nobody is {role:?} there")).id).unwrap();
    let subject = match body.kind() {
        Some(Kind::Confirmation | Kind::Dispute | Kind::VillageNote) => Subject::Village(village),
        Some(Kind::FoundChild) => Subject::School(school),
        _ => written.subject,
    };
    let entry = Entry { id: EntryId(Uuid::from_u128(7)), subject, supersedes: None, body, ..written };
    let scopes = vec![class.0, school.0, village.0];
    let place = Place { county: Some(county.id), scopes, open: true };
    let basics = Some(pupil.basics.clone());
    Case { actor, place, state: StudentState { basics, ..StudentState::default() }, entry }
}

fn code(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Accept => "ACCEPT",
        Verdict::Quarantine => "QUARANTINE",
        Verdict::Refuse(problems) => &problems[0].code,
    }
}

fn check(case: &Case, facts: Facts<'_>, expect: &str) {
    let facts = Facts { place: Some(&case.place), state: Some(&case.state), ..facts };
    assert_eq!(code(&judge(&case.actor, &case.entry, &facts)), expect);
}

fn with(change: impl FnOnce(&mut Visit)) -> Body {
    let (_, mut visit) = knock();
    change(&mut visit);
    Body::Visit(visit)
}

fn confirmation(proof: Proof) -> Confirmation {
    Confirmation {
        result: ConfirmationResult::Confirmed,
        proof,
        shown: None,
        discrepancies: vec![],
        comment: None,
        role: CadreRole::Secretary,
        name: None,
    }
}

const SECRET: Secret = Secret([7; 8]);

fn report(what: String, place: Option<String>) -> SafeguardingReport {
    let noticed_at = "2026-11-20T09:38:00Z".parse().unwrap();
    SafeguardingReport { what, noticed_at, place, reported_to: vec![], receipt: None }
}
