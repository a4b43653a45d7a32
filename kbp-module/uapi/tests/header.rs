// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! `kbp.h` is a header that any C or C++ program may include, and a compiler of either language finds
//! in it what the bindings say: every size, offset and number, read off the bindings themselves.

const HEADER: &str = include_str!("../kbp.h");
const BINDINGS: &str = include_str!("../src/abi/bindings.rs");

/// An expression of C and its value in Rust.
type Claim = (String, i128);

/// The claims of the bindings: their own checks of layouts, and their constants.
fn claims() -> Vec<Claim> {
    // rustfmt breaks a long check into two lines.
    let text = BINDINGS.replace("\"]\n        [", "\"][");
    text.lines()
        .filter_map(|line| layout(line.trim()).or_else(|| constant(line)))
        .collect()
}

/// `["Offset of field: kbp_info::flags"][::core::mem::offset_of!(kbp_info, flags) - 4usize];`
fn layout(line: &str) -> Option<Claim> {
    let (what, rest) = line.strip_prefix("[\"")?.split_once("\"][")?;
    let (_, value) = rest.strip_suffix("usize];")?.rsplit_once(" - ")?;
    let expression = if let Some(name) = what.strip_prefix("Size of ") {
        format!("sizeof(struct {name})")
    } else if let Some(name) = what.strip_prefix("Alignment of ") {
        format!("ALIGNMENT(struct {name})")
    } else {
        let (name, field) = what.strip_prefix("Offset of field: ")?.split_once("::")?;
        format!("offsetof(struct {name}, {field})")
    };
    Some((expression, value.parse().ok()?))
}

/// `pub const KBP_NAPIS: u32 = 32;`
fn constant(line: &str) -> Option<Claim> {
    let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
    let (_, value) = rest.strip_suffix(';')?.split_once(" = ")?;
    Some((name.to_owned(), value.parse().ok()?))
}

/// Compiles a program that includes the header and asserts `claims`; a warning is an error.
fn compile(cpp: bool, claims: &[Claim], more: &str) -> Result<(), cc::Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder
        .path()
        .join(if cpp { "claims.cc" } else { "claims.c" });
    let (assert, alignment) = match cpp {
        true => ("static_assert", "alignof"),
        false => ("_Static_assert", "_Alignof"),
    };
    let mut program = format!("#include \"kbp.h\"\n#include <stddef.h>\n{more}\n");
    for (expression, value) in claims {
        let expression = expression.replace("ALIGNMENT", alignment);
        program += &format!("{assert}({expression} == {value}, \"{expression}\");\n");
    }
    std::fs::write(&source, program).expect("write the program");
    let target = "x86_64-unknown-linux-gnu";
    cc::Build::new()
        .target(target)
        .host(target)
        .opt_level(0)
        .out_dir(folder.path())
        .cargo_metadata(false)
        .cargo_warnings(false)
        .include(env!("CARGO_MANIFEST_DIR"))
        .cpp(cpp)
        .std(if cpp { "c++11" } else { "c11" })
        .extra_warnings(true)
        .warnings_into_errors(true)
        // A gap between fields would carry kernel memory to user space.
        .flag("-Wpadded")
        .flag("-Wpedantic")
        .file(source)
        .try_compile("claims")
}

#[test]
fn c_finds_what_the_bindings_say() {
    compile(false, &claims(), "").expect("C");
}

#[test]
fn cpp_finds_what_the_bindings_say() {
    compile(true, &claims(), "").expect("C++");
}

/// Twins of the two above: one claim of each kind is off by one, or a layout has a gap.
#[test]
fn a_wrong_claim_does_not_compile() {
    let kinds = [
        "sizeof(",
        "ALIGNMENT(",
        "offsetof(",
        "KBP_STEP_",
        "KBP_IOC_I",
    ];
    for cpp in [false, true] {
        for kind in kinds {
            let mut claims = claims();
            let claim = claims.iter_mut().find(|(what, _)| what.starts_with(kind));
            claim.unwrap_or_else(|| panic!("no claim {kind}")).1 += 1;
            assert!(compile(cpp, &claims, "").is_err(), "{kind}, C++: {cpp}");
        }
        let gap = "struct gap { __u32 first; __u64 second; };";
        assert!(compile(cpp, &claims(), gap).is_err(), "C++: {cpp}");
    }
}

/// bindgen leaves out what it cannot read without a word.
#[test]
fn every_name_of_the_header_is_claimed() {
    let claims = claims();
    let claimed = |expression: &str| claims.iter().any(|(claim, _)| claim == expression);
    let mut structure = String::new();
    let mut names = 0;
    for line in HEADER.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let expected = match words[..] {
            ["#define", name, _, ..] => name.to_owned(),
            [name, "=", ..] if name.starts_with("KBP_") => name.to_owned(),
            ["struct", name, "{"] => {
                structure = name.to_owned();
                format!("sizeof(struct {name})")
            }
            ["__u64" | "__u32" | "__s32" | "char", field, ..] | ["struct", _, field, ..]
                if line.starts_with('\t') =>
            {
                let field = field.trim_end_matches(';');
                let field = field.split('[').next().unwrap_or(field);
                format!("offsetof(struct {structure}, {field})")
            }
            _ => continue,
        };
        names += 1;
        assert!(
            claimed(&expected),
            "{expected} is in kbp.h and not in the bindings"
        );
    }
    // The other way round: nothing is claimed that the loop above did not see.
    let layouts = claims
        .iter()
        .filter(|(claim, _)| claim.starts_with("ALIGNMENT"));
    assert_eq!(names + layouts.count(), claims.len());
}
