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
