//! Several children of one house.

use super::*;

#[test]
fn each_own_child_has_an_entry_and_the_other_schools_child_a_sighting() {
    let replica = absent();
    let mut form = door_knock(&replica);
    child(&mut form, SISTER).ticked = true;
    child(&mut form, SISTER).whereabouts = Some(Whereabouts::Relatives);
    child(&mut form, BROTHER).met = true;
    let found =
        FoundLine { name: "小弟".into(), schooling: Schooling::NotInSchool, about: "约6岁".into() };
    form.found.push(found);
    let entries = write(&form, &replica, friday());
    let of = |entry: &NewEntry| (entry.subject, entry.body.kind().unwrap().code(), entry.knock.is_some());
    assert_eq!(
        entries.iter().map(of).collect::<Vec<_>>(),
        [
            (Subject::Student(AYGUL), "VISIT", true),
            (Subject::Student(SISTER), "VISIT", true),
            (Subject::Student(BROTHER), "SIGHTING", true),
            (Subject::School(SCHOOL), "FOUND_CHILD", false),
        ]
    );
    let visits = visits(&entries);
    assert_eq!(visits[0].1.whereabouts, Some(Whereabouts::Home));
    assert_eq!(visits[1].1.whereabouts, Some(Whereabouts::Relatives));
    assert_eq!(visits[0].1.met, visits[1].1.met);
}

#[test]
fn a_wrong_link_is_doubted_and_not_seen() {
    let replica = absent();
    let mut form = door_knock(&replica);
    let brother = child(&mut form, BROTHER);
    brother.met = true;
    brother.doubted = true;
    let kinds: Vec<_> =
        write(&form, &replica, friday()).iter().map(|e| e.body.kind().unwrap().code()).collect();
    assert_eq!(kinds, ["VISIT", "HOUSEHOLD_DOUBT"]);
}

#[test]
fn the_knock_says_whom_else_it_found() {
    let mut replica = absent();
    let mut form = door_knock(&replica);
    let found = FoundLine { name: "小弟".into(), schooling: Schooling::NotInSchool, about: String::new() };
    form.found.push(found);
    let new = write(&form, &replica, friday());
    replica.record(new, friday()).unwrap();
    let knock = Knock::find(KNOCK, &replica, &me()).unwrap();
    let names: Vec<_> = knock.found(&replica).into_iter().map(|child| child.name).collect();
    assert_eq!(names, ["小弟"]);

    let errand = Errand { student: SISTER, duty: None, kind: None };
    let later = at("2026-11-20T11:00:00Z");
    let mut next = open(&errand, &replica, &me(), KnockId(id(41)), later).unwrap();
    meet(&mut next, &Relation::PaternalGrandparent);
    let new = write(&next, &replica, later);
    replica.record(new, later).unwrap();
    let next = Knock::find(KnockId(id(41)), &replica, &me()).unwrap();
    assert!(next.found(&replica).is_empty(), "found at another house");
}

#[test]
fn an_answer_to_the_office_is_what_it_asked_for() {
    assert!(!Supplement::default().has_words());
    assert!(Supplement { reply: Some("孩子的姐姐翻译的".into()), ..Supplement::default() }.has_words());
}
