//! A roster against what the county knows: who is new, what differs, who is missing. All of it becomes
//! entries on the same path as everybody's, in one transaction; a check rolls that transaction back.

use super::known::{self, Known, Matched};
use super::places::{Ground, NewSchool};
use super::report::{Missing, MissingClass, Report};
use crate::database::{Database, Transaction, now_applier};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::sync::{Author, Surroundings, record};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::calendar::local_date;
use domain::directory::Class;
use domain::enrolment::{Enrolment, Listing};
use domain::entry::{Body, Subject};
use domain::ids::{ClassId, CountyId, EntryId, HouseholdId, SchoolId, StudentId, UserId, WriterId, derived};
use domain::register::{Register, Source};
use domain::roster::{
    Around, Column, Finding, Header, Line, Member, Reading, Sheet, What, changes, link, read,
};
use domain::sync::{Answer, NewEntry};
use domain::vocabulary::{EnrolmentStatus, SchoolKind, Stage};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A roster to be read in.
#[derive(Debug)]
pub struct Roster<'a> {
    /// 学校标识码
    pub code: &'a str,
    /// The file's sheets.
    pub sheets: &'a [Sheet],
    /// Nothing is to be written.
    pub check: bool,
    /// What a school is called that is not there yet.
    pub new_school: &'a NewSchool,
}

/// Reads it in.
///
/// # Errors
/// No such school, or the database says no: then nothing was written.
pub async fn import(
    database: &Database,
    secret: &Secret,
    roster: &Roster<'_>,
    now: DateTime<Utc>,
) -> Result<Report> {
    let today = local_date(now);
    let (ground, reading) = ground(database, roster, today).await?;
    let mut report = Report::of(&reading);
    report.check = roster.check;
    report.no_villages = ground.villages.is_empty();

    // Written as the registrar first, then as whoever appends entries: one transaction all the same.
    let mut tx = database.registrar(ground.county).await?;
    ground.found(&mut tx, roster.new_school, &reading.new_classes, today).await?;
    let author = author(&ground);
    now_applier(&mut tx, author.user).await?;
    alone(&mut tx, ground.county).await?;
    let matched = known::find(&mut tx, secret, ground.county, ground.school.id, &reading.lines).await?;
    let homes = households(&mut tx, secret, &ground, &reading, &matched, &mut report).await?;
    let around = Surroundings::load(&mut tx, ground.county, today).await?;

    let mut plan = Plan { ground: &ground, around: &around, today, entries: Vec::new(), ids: Vec::new() };
    plan.lines(secret, &reading, &matched, &homes, &mut report);
    plan.missing(&reading, &matched, &mut report);
    plan.relatives(&homes);
    plan.write(&mut tx, secret, author, now).await?;
    if !roster.check {
        tx.commit().await?;
    }
    let mut classes: Vec<_> = reading.new_classes.iter().map(Class::code).collect();
    classes.sort();
    report.new_classes = classes;
    report.finish();
    Ok(report)
}

/// The school, and the roster read with it in mind.
async fn ground(database: &Database, roster: &Roster<'_>, today: NaiveDate) -> Result<(Ground, Reading)> {
    if let Some(ground) = Ground::find(database, roster.code).await? {
        let reading = read(roster.sheets, &around(&ground, today));
        return Ok((ground, reading));
    }
    let mut ground = Ground::planned(database, roster.code, roster.new_school).await?;
    let first = read(roster.sheets, &around(&ground, today));
    let says_so = roster.sheets.iter().filter_map(Header::find).any(|header| header.has(Column::School));
    let confirmed = says_so && !first.lines.is_empty();
    if !confirmed && roster.new_school.school_name.is_none() {
        return Err(Error::Internal(format!(
            "库里没有学校 {}，文件里的学校标识码也不是它。请核对 --school；新学校请加 --school-name 名称",
            roster.code
        )));
    }
    let has = |stage| first.new_classes.iter().any(|class| class.stage == stage);
    ground.school.kind = match (has(Stage::Primary), has(Stage::Junior)) {
        (true, false) => SchoolKind::Primary,
        (false, true) => SchoolKind::Junior,
        _ => SchoolKind::NineYear,
    };
    let reading = read(roster.sheets, &around(&ground, today));
    Ok((ground, reading))
}

fn around(ground: &Ground, today: NaiveDate) -> Around<'_> {
    Around {
        school: &ground.school,
        code: &ground.code,
        classes: &ground.classes,
        villages: &ground.villages,
        today,
    }
}

/// Who writes what a roster says: nobody who signs in.
fn author(ground: &Ground) -> Actor {
    Actor {
        user: UserId(derived(ground.county.0, "roster")),
        county: ground.county,
        name: "名册".into(),
        phone: String::new(),
        grants: vec![office(ground.school.id)],
    }
}

const fn office(school: SchoolId) -> Grant {
    Grant { role: Role::Office, scope: Scope::School(school), cadre: None }
}

/// Two rosters of a county at once would each miss what the other writes.
async fn alone(tx: &mut Transaction, county: CountyId) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('roster/' || $1, 0))")
        .bind(county.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Who lives with whom: for each line, and for children who are not in the file.
struct Homes {
    of_line: Vec<Option<HouseholdId>>,
    others: Vec<(StudentId, SchoolId, HouseholdId)>,
}

async fn households(
    tx: &mut Transaction,
    secret: &Secret,
    ground: &Ground,
    reading: &Reading,
    matched: &Matched,
    report: &mut Report,
) -> Result<Homes> {
    let relatives = known::relatives(tx, ground.county).await?;
    let in_file: BTreeSet<StudentId> =
        matched.rows.iter().flatten().filter_map(|at| matched.known.get(*at)).map(|k| k.id).collect();
    let others: Vec<_> = relatives.iter().filter(|relative| !in_file.contains(&relative.id)).collect();
    let of_lines = reading.lines.iter().zip(&matched.rows).map(|(line, row)| {
        let known = row.and_then(|at| matched.known.get(at));
        Member {
            keys: known::guardian_keys(secret, &line.basics.guardians, &line.guardian_ids),
            held: known.and_then(|known| known.state.basics.as_ref()?.household),
        }
    });
    let of_others = others.iter().map(|relative| Member {
        keys: known::guardian_keys(secret, &relative.guardians, &[]),
        held: relative.household,
    });
    let homes = link(&of_lines.chain(of_others).collect::<Vec<_>>());
    let (lines, rest) = homes.split_at(reading.lines.len());
    for (line, (_, crowd)) in reading.lines.iter().zip(lines) {
        if *crowd > 0 {
            report.say(Finding::of(line.sheet, line.row, "", What::GuardianShared { children: *crowd }));
        }
    }
    report.households = lines.iter().filter_map(|(home, _)| *home).collect::<BTreeSet<_>>().len();
    let others = others
        .iter()
        .zip(rest)
        .filter(|(relative, _)| relative.household.is_none() && !relative.linked_before)
        .filter_map(|(relative, (home, _))| Some((relative.id, relative.school, (*home)?)))
        .collect();
    Ok(Homes { of_line: lines.iter().map(|(home, _)| *home).collect(), others })
}

/// What is to be written.
struct Plan<'a> {
    ground: &'a Ground,
    around: &'a Surroundings,
    today: NaiveDate,
    /// With the school whose office may say so.
    entries: Vec<(SchoolId, StudentId, Body)>,
    ids: Vec<(StudentId, &'a Line)>,
}

impl<'a> Plan<'a> {
    fn lines(
        &mut self,
        secret: &Secret,
        reading: &'a Reading,
        matched: &Matched,
        homes: &Homes,
        report: &mut Report,
    ) {
        for (n, (line, row)) in reading.lines.iter().zip(&matched.rows).enumerate() {
            let mut basics = line.basics.clone();
            basics.household = homes.of_line.get(n).copied().flatten();
            let before = self.entries.len();
            let known = row.and_then(|at| matched.known.get(at));
            let student = known.map_or_else(|| StudentId(Uuid::now_v7()), |known| known.id);
            match known {
                None => {
                    self.enrol(student, self.ground.school.id, basics);
                    report.new += 1;
                }
                Some(known) if self.has_left(known) => self.enrol(student, known.school, basics),
                Some(known) if known.school != self.ground.school.id => {
                    let school = &self.around.at(known.school).directory;
                    let school = school.school(known.school).map(|s| s.name.clone()).unwrap_or_default();
                    report.say(Finding::of(line.sheet, line.row, &line.told_by, What::Elsewhere { school }));
                    continue;
                }
                Some(known) => {
                    for change in changes(&known.state.roster, &basics) {
                        self.entries.push((known.school, student, Body::Register(change)));
                    }
                    if known.state.unlisted.is_some() {
                        self.list(student, true);
                    }
                }
            }
            if matched.id_changed.contains(&n) {
                report.say(Finding::of(line.sheet, line.row, "", What::IdChanged));
            }
            let hash = line.id_number.as_ref().map(|id| known::id_hash(secret, self.ground.county, id));
            let keeps = hash.is_some() && known.and_then(|known| known.hash.clone()) != hash;
            if keeps {
                self.ids.push((student, line));
            }
            report.accepted += 1;
            if known.is_some() {
                let changed = keeps || self.entries.len() > before;
                report.changed += usize::from(changed);
                report.unchanged += usize::from(!changed);
            }
        }
    }

    fn enrol(&mut self, student: StudentId, school: SchoolId, basics: domain::student::Basics) {
        let enrolment =
            Enrolment { status: EnrolmentStatus::Active, since: self.today, basics: Some(basics) };
        self.entries.push((school, student, Body::Enrolment(enrolment)));
    }

    fn list(&mut self, student: StudentId, listed: bool) {
        let listing = Listing { listed, on: self.today };
        self.entries.push((self.ground.school.id, student, Body::Listing(listing)));
    }

    /// Whether the school that has the child has let it go: transferred, or through with its years.
    fn has_left(&self, known: &Known) -> bool {
        use EnrolmentStatus::{
            Abroad, Completed, ElsewhereProven, Graduated, TransferOutPending, TransferredOut,
        };
        let gone = matches!(
            known.state.status,
            Some(Abroad | Completed | ElsewhereProven | Graduated | TransferOutPending | TransferredOut)
        );
        gone || known.school != self.ground.school.id && self.has_finished(known.class)
    }

    fn has_finished(&self, class: ClassId) -> bool {
        let years = |class: &Class| if class.stage == Stage::Junior { 3 } else { 6 };
        self.around.class(class).is_some_and(|class| class.grade(self.today) > years(class))
    }

    /// Children of classes that the file has, whom it does not have: they stay as they are, and the office
    /// is asked. Of a class of which it has none nobody is asked about: the file may be of some classes only.
    fn missing(&mut self, reading: &Reading, matched: &Matched, report: &mut Report) {
        let listed: BTreeSet<usize> = matched.rows.iter().copied().flatten().collect();
        let classes: BTreeSet<ClassId> = reading.lines.iter().map(|line| line.basics.class).collect();
        let mut whole: BTreeMap<ClassId, usize> = BTreeMap::new();
        for (_, known) in matched.known.iter().enumerate().filter(|(at, _)| !listed.contains(at)) {
            let here = known.school == self.ground.school.id;
            if !here || self.has_left(known) || known.state.status == Some(EnrolmentStatus::Deceased) {
                continue;
            }
            if !classes.contains(&known.class) {
                if !self.has_finished(known.class) {
                    *whole.entry(known.class).or_default() += 1;
                }
                continue;
            }
            if known.state.unlisted.is_none() {
                self.list(known.id, false);
            }
            let name = known.state.basics.as_ref().map(|basics| basics.name.clone()).unwrap_or_default();
            let class = self.around.class(known.class).map(|class| class.label(self.today));
            report.missing.push(Missing { student: known.id.0, name, class: class.unwrap_or_default() });
        }
        if reading.lines.is_empty() {
            return;
        }
        let mut whole: Vec<_> =
            whole.into_iter().filter_map(|(id, n)| Some((self.around.class(id)?, n))).collect();
        whole.sort_by_key(|(class, _)| class.code());
        let label =
            |(class, children): (&Class, usize)| MissingClass { class: class.label(self.today), children };
        report.missing_classes = whole.into_iter().map(label).collect();
    }

    /// Brothers and sisters who are not in the file hear of the household too.
    fn relatives(&mut self, homes: &Homes) {
        for (student, school, home) in &homes.others {
            let register = Register {
                field: "household".into(),
                from: None,
                to: Some(home.to_string()),
                source: Source::Roster,
            };
            self.entries.push((*school, *student, Body::Register(register)));
        }
    }

    async fn write(
        self,
        tx: &mut Transaction,
        secret: &Secret,
        mut author: Actor,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let schools: BTreeMap<SchoolId, ()> = self.entries.iter().map(|(school, ..)| (*school, ())).collect();
        author.grants.extend(schools.into_keys().map(office));
        let writer = WriterId(derived(self.ground.school.id.0, "roster"));
        let entries = self.entries.into_iter().map(|(_, student, body)| {
            let new = NewEntry {
                id: EntryId(Uuid::now_v7()),
                subject: Subject::Student(student),
                knock: None,
                supersedes: None,
                body,
                label: String::new(),
            };
            (now, new)
        });
        let author = Author { actor: author, signed_in: true, cursor: None };
        let entries: Vec<_> = entries.collect();
        if !entries.is_empty() {
            for answer in record(tx, self.around, &author, writer, entries).await? {
                if let Answer::Refused { problems } = answer {
                    let codes: Vec<_> = problems.iter().map(|p| format!("{} {}", p.field, p.code)).collect();
                    return Err(Error::Internal(format!(
                        "a roster's entry was refused: {}",
                        codes.join(", ")
                    )));
                }
            }
        }
        let ids: Vec<_> = self
            .ids
            .iter()
            .filter_map(|(student, line)| Some((*student, line.id_number.as_ref()?)))
            .collect();
        known::keep_ids(tx, secret, self.ground.county, &ids).await
    }
}
