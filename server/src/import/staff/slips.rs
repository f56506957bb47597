//! 账号条: what each new person is handed, eight to a sheet of A4. The only place a one-time password is
//! ever written, by whoever asks for it. Its code signs in with it; on the screen it can be pressed too, or
//! copied into a message to its person alone.

use super::Slip;
use domain::invitation::Invitation;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use std::fmt::Write as _;

const HEAD: &str = r#"<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>账号条</title><style>
@page { size: A4; margin: 10mm }
body { margin: 0; font: 12pt/1.5 "Noto Sans CJK SC", sans-serif; display: grid; grid-template-columns: 1fr 1fr }
article { box-sizing: border-box; block-size: 68mm; padding: 6mm; border: 1px dashed #999; break-inside: avoid }
h2 { margin: 0; font-size: 14pt } p { margin: 0 } b { font: 600 15pt/1.4 monospace } ol { margin: 2mm 0 0; padding-inline-start: 5mm; font-size: 10pt }
svg { float: inline-end; inline-size: 24mm; block-size: 24mm }
</style></head><body>
"#;

/// A page to print.
pub fn page(slips: &[Slip], address: Option<&str>) -> String {
    let mut page = HEAD.to_owned();
    for slip in slips {
        let code = address.and_then(|address| code(slip, address)).unwrap_or_default();
        let open = match address {
            Some(address) => format!(
                "用手机相机扫这个码，改成自己的密码（14 天内，只能用一次）；\
                 扫不了就用浏览器打开 {}，用手机号和一次性密码登录",
                escaped(address)
            ),
            None => {
                "用手机浏览器打开学校给的网址，用手机号和一次性密码登录，改成自己的密码（14 天内）".to_owned()
            }
        };
        // Writing into a String cannot fail.
        let _ = writeln!(
            page,
            "<article>{code}<h2>{}</h2><p>{}</p><p>手机号 <b>{}</b></p><p>一次性密码 <b>{}</b></p>\
             <ol><li>{open}</li><li>浏览器菜单里点“添加到主屏幕”，放到桌面</li></ol></article>",
            escaped(&slip.name),
            escaped(&slip.posts),
            escaped(&slip.phone),
            escaped(&slip.password),
        );
    }
    page.push_str("</body></html>\n");
    page
}

/// The code that signs this person in.
fn code(slip: &Slip, site: &str) -> Option<String> {
    let invitation = Invitation { phone: slip.phone.clone(), password: slip.password.clone() };
    let address = invitation.address(site);
    let code = QRBuilder::new(address.as_str()).build().ok()?;
    Some(format!("<a href=\"{}\">{}</a>", escaped(&address), SvgBuilder::default().to_str(&code)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let slip = Slip {
            name: "<script>".into(),
            phone: "14400040001".into(),
            password: "7k4m2p9q".into(),
            posts: "班主任".into(),
        };
        let page = page(&[slip], Some("https://example.edu.cn"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
        assert!(page.contains("<b>7k4m2p9q</b>") && page.contains("打开 https://example.edu.cn，"));
        assert_eq!(page.matches("<svg").count(), 1);
    }

    #[test]
    fn each_code_is_its_own_persons() {
        let slip = |phone: &str| Slip {
            name: "吐尔逊".into(),
            phone: phone.into(),
            password: "7k4m2p9q".into(),
            posts: "村支书".into(),
        };
        let page = page(&[slip("14400040001"), slip("14400040002")], Some("https://example.edu.cn"));
        let codes: std::collections::BTreeSet<&str> = page.split("<svg").skip(1).collect();
        assert_eq!(codes.len(), 2);
        assert!(page.contains("href=\"https://example.edu.cn/sign-in#14400040002.7k4m2p9q\""));
    }
}
