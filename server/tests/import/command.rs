//! `qiaomen import …` as an office's helper types it.

use crate::program::Folder;
use serde_json::Value;
use std::path::Path;

const SCHOOL: [&str; 2] = ["--school", "9901010001"];

fn file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).to_string_lossy().into_owned()
}

fn json(folder: &Folder, args: &[&str]) -> Value {
    let roster = file("roster-2026-autumn.xlsx");
    let args: Vec<&str> =
        ["import", "roster", &roster].into_iter().chain(SCHOOL).chain(args.iter().copied()).collect();
    let (status, said, wrong) = folder.run(&args);
    assert!(status.success(), "{wrong}");
    assert!(!wrong.contains("99010120"), "no id number in the log: {wrong}");
    serde_json::from_str(&said).unwrap()
}

#[test]
fn staff_then_roster_then_the_same_roster() {
    let folder = Folder::new();
    let slips = folder.data().with_file_name("slips.html");
    let staff = file("staff-and-villages.xlsx");
    let slips_file = slips.to_string_lossy();
    let args = ["import", "staff", &staff, "--slips", &slips_file, "--address", "https://example.edu.cn"];
    let (status, said, wrong) = folder.run(&args.into_iter().chain(SCHOOL).collect::<Vec<_>>());
    assert!(status.success(), "{wrong}");
    assert!(said.starts_with("新账号 54 · 已有 0 · 村 8 · 退回 0"), "{said}");
    let page = std::fs::read_to_string(&slips).unwrap();
    assert_eq!(page.matches("<article>").count(), 54);
    assert!(!said.contains("14400040001"), "passwords are in the file alone");

    let checked = json(&folder, &["--json", "--check"]);
    let first = json(&folder, &["--json"]);
    let again = json(&folder, &["--json"]);
    for (report, accepted, unchanged) in [(&checked, 503, 0), (&first, 503, 0), (&again, 503, 503)] {
        assert_eq!(report["rows"], 503);
        assert_eq!(report["accepted"], accepted);
        assert_eq!(report["unchanged"], unchanged);
        assert_eq!(report["changed"], 0);
        assert_eq!(report["households"], 0);
        assert_eq!(report["refused"].as_array().unwrap().len(), 0);
        assert_eq!(report["missing"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_file_that_is_none_says_what_to_do() {
    let folder = Folder::new();
    let et = folder.data().with_file_name("名册.et");
    std::fs::write(&et, [0xd0, 0xcf, 0x11, 0xe0]).unwrap();
    let et = et.to_string_lossy();
    let (status, said, _) = folder.run(&["import", "roster", &et, "--school", "9901010001"]);
    assert!(!status.success());
    assert_eq!(said.trim(), "这是 WPS 的 .et 文件。在 WPS 里“另存为”→“Excel 文件 .xlsx”再选。");
    let (status, said, _) = folder.run(&["import", "roster", &et, "--school", "9901010001", "--json"]);
    assert!(!status.success());
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["refused"][0]["code"], &report["refused"][0]["row"]), (&"FILE_ET".into(), &0.into()));
}
