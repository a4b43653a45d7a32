// SPDX-License-Identifier: GPL-2.0
//! Real kernels with one thing changed that KBP rests on.

use std::ops::Range;

use kbp_verify::code::Function;
use kbp_verify::{Kernel, Verdict};

use crate::subject::{caught, Patch};

const CALL: u8 = 0xe8;
const JUMP: u8 = 0xe9;
/// mov edi, 3
const NET_RX: [u8; 5] = [0xbf, 3, 0, 0, 0];
/// A function that has nothing to do with softirqs, in every kernel, with room for a few bytes.
const BYSTANDER: &str = "dev_get_by_name";

fn address(kernel: &Kernel, name: &str) -> u64 {
    kernel.symbols.unique(name).expect(name).address
}

fn offset(kernel: &Kernel, address: u64) -> usize {
    kernel
        .image
        .offset_of(address)
        .expect("an address in the image")
}

fn bytes<'a>(kernel: &'a Kernel, at: Range<usize>) -> &'a [u8] {
    kernel.image.bytes(at).expect("bytes of the image")
}

fn function(kernel: &Kernel, name: &str) -> Function {
    Function::read(kernel.image, &kernel.symbols, address(kernel, name)).expect(name)
}

/// Where the call of __fentry__ is that a function begins with.
fn entry(kernel: &Kernel, name: &str) -> u64 {
    let fentry = address(kernel, "__fentry__");
    let function = function(kernel, name);
    let mut code = function.code.iter();
    let call = code.find(|code| code.near_branch_target() == fentry);
    call.expect("a traced function").ip()
}

/// Five bytes that call or jump to `target` from `at`.
fn branch(opcode: u8, at: u64, target: u64) -> Vec<u8> {
    let distance = i32::try_from(target.wrapping_sub(at + 5) as i64).expect("near code");
    [&[opcode][..], &distance.to_le_bytes()].concat()
}

/// The bystander with `code` right after its entry, which is given its own address.
fn bystander(kernel: &Kernel, code: impl FnOnce(u64) -> Vec<u8>) -> Vec<Patch> {
    let at = entry(kernel, BYSTANDER) + 5;
    vec![(offset(kernel, at), code(at))]
}

#[test]
fn a_hooked_function_that_ftrace_does_not_know() {
    for name in [
        "__napi_schedule",
        "__napi_schedule_irqoff",
        "__raise_softirq_irqoff",
    ] {
        caught("ftrace", Verdict::Unsafe, name, |kernel| {
            let table = offset(kernel, address(kernel, "__start_mcount_loc"));
            let end = offset(kernel, address(kernel, "__stop_mcount_loc"));
            let site = entry(kernel, name).to_le_bytes();
            let table_bytes = bytes(kernel, table..end);
            let at = table_bytes.chunks(8).position(|entry| entry == site);
            let at = table + 8 * at.expect("an entry of the function");
            // As if the next function stood there twice.
            vec![(at, bytes(kernel, at + 8..at + 16).to_vec())]
        });
    }
}

#[test]
fn a_hooked_function_without_an_entry_to_trace() {
    caught(
        "ftrace",
        Verdict::Unsafe,
        "__napi_schedule does not begin",
        |kernel| {
            let at = entry(kernel, "__napi_schedule");
            vec![(offset(kernel, at), vec![0x90; 5])]
        },
    );
}

#[test]
fn a_function_that_raises_net_rx_and_is_not_known() {
    for (raiser, opcode) in [
        ("raise_softirq_irqoff", CALL),
        ("__raise_softirq_irqoff", CALL),
        ("raise_softirq", JUMP),
    ] {
        caught("raise-sites", Verdict::Unsafe, BYSTANDER, |kernel| {
            let target = address(kernel, raiser);
            bystander(kernel, |at| {
                [&NET_RX[..], &branch(opcode, at + 5, target)].concat()
            })
        });
    }
}

#[test]
fn a_function_that_raises_nobody_knows_what() {
    caught("raise-sites", Verdict::Unknown, BYSTANDER, |kernel| {
        let target = address(kernel, "raise_softirq_irqoff");
        bystander(kernel, |at| branch(CALL, at, target))
    });
}

#[test]
fn a_copy_of_the_raise_elsewhere() {
    caught("pending-word", Verdict::Unsafe, BYSTANDER, |kernel| {
        let word = kernel.pending_word().expect("the pending softirqs").start;
        bystander(kernel, |at| {
            // or word ptr gs:[rip + distance], 8
            let distance = word.wrapping_sub(at + 9) as u32;
            [&[0x65, 0x66, 0x83, 0x0d][..], &distance.to_le_bytes(), &[8]].concat()
        })
    });
}

#[test]
fn a_raise_that_must_not_pass_by_the_hook() {
    // On kernels with a copy only: elsewhere the same change is harmless.
    for subject in crate::subject::all() {
        let mut has_copy = false;
        let patches = subject.patches(|kernel| {
            let word = kernel.pending_word().expect("the pending softirqs");
            let copy = function(kernel, "raise_softirq_irqoff");
            has_copy = copy
                .code
                .iter()
                .any(|code| word.contains(&code.memory_displacement64()));
            redirect(
                kernel,
                "net_rx_action",
                "__raise_softirq_irqoff",
                "raise_softirq_irqoff",
            )
        });
        let report = subject.verify(&patches);
        let wanted = if has_copy {
            Verdict::Unsafe
        } else {
            Verdict::Ok
        };
        assert_eq!(
            report.verdict,
            wanted,
            "{}: {:?}",
            subject.release,
            report.reasons()
        );
        if has_copy {
            assert!(report.reasons()[0].contains("net_rx_action raises NET_RX"));
        }
    }
}

/// All calls and jumps of `name` to `from` go to `to` instead.
fn redirect(kernel: &Kernel, name: &str, from: &str, to: &str) -> Vec<Patch> {
    let (from, to) = (address(kernel, from), address(kernel, to));
    let function = function(kernel, name);
    let branches = function
        .code
        .iter()
        .filter(|code| code.near_branch_target() == from);
    let patches = branches.map(|code| {
        let at = offset(kernel, code.ip());
        (at, branch(bytes(kernel, at..at + 1)[0], code.ip(), to))
    });
    patches.collect()
}

#[test]
fn a_schedule_that_raises_otherwise() {
    for name in ["__napi_schedule", "__napi_schedule_irqoff"] {
        caught("bodies", Verdict::Unknown, name, |kernel| {
            redirect(kernel, name, "raise_softirq_irqoff", "raise_softirq")
        });
    }
}

#[test]
fn a_schedule_whose_raise_is_gone() {
    caught(
        "inlining",
        Verdict::Unknown,
        "__napi_schedule does not raise",
        |kernel| {
            redirect(
                kernel,
                "__napi_schedule",
                "raise_softirq_irqoff",
                "wake_up_process",
            )
        },
    );
}

#[test]
fn a_schedule_that_tests_another_bit() {
    caught(
        "bodies",
        Verdict::Unknown,
        "new: test napi_struct.state 0x200",
        |kernel| {
            let function = function(kernel, "__napi_schedule");
            // Of the field in memory, of a register or of its second byte.
            let test = function.code.iter().find(|code| {
                code.mnemonic() == iced_x86::Mnemonic::Test
                    && code.op_count() == 2
                    && code.op1_kind() != iced_x86::OpKind::Register
                    && matches!(code.immediate(1), 1 | 0x100)
            });
            let test = test.expect("the test of NAPI_STATE_THREADED");
            let at = offset(kernel, test.ip());
            let bytes = bytes(kernel, at..at + test.len());
            let bit = bytes.iter().rposition(|byte| *byte == 1);
            vec![(at + bit.expect("the bit"), vec![2])]
        },
    );
}

/// Changes a member's entry (name, type, bit) in BTF.
fn member(
    owner: &str,
    name: &str,
    change: impl Fn(&Kernel, [u32; 3]) -> [u32; 3],
) -> impl Fn(&Kernel) -> Vec<Patch> {
    let (owner, name) = (owner.to_owned(), name.to_owned());
    move |kernel| {
        let id = kernel.btf.structure(&owner).expect("the struct");
        let field = kernel.btf.field(id, &name).expect("the field");
        let section = kernel.image.section(".BTF").expect("BTF");
        let at = section.offset + field.entry;
        let word = |at: usize| {
            let bytes = bytes(kernel, at..at + 4).try_into();
            u32::from_le_bytes(bytes.expect("four bytes"))
        };
        let changed = change(kernel, [word(at), word(at + 4), word(at + 8)]);
        vec![(at, changed.map(u32::to_le_bytes).concat())]
    }
}

#[test]
fn a_field_of_another_name() {
    let other = |kernel: &Kernel| {
        let id = kernel.btf.structure("task_struct").expect("the struct");
        kernel.btf.field(id, "comm").expect("the field").name
    };
    caught(
        "types",
        Verdict::Unsafe,
        "struct softnet_data has no field poll_list",
        member("softnet_data", "poll_list", |kernel, [_, ty, bit]| {
            [other(kernel), ty, bit]
        }),
    );
}

#[test]
fn a_field_of_another_type() {
    caught(
        "types",
        Verdict::Unsafe,
        "napi_struct.thread is of type 'struct net_device *'",
        member("napi_struct", "thread", |kernel, [name, _, bit]| {
            let id = kernel.btf.structure("napi_struct").expect("the struct");
            [
                name,
                kernel.btf.field(id, "dev").expect("the field").ty,
                bit,
            ]
        }),
    );
}

#[test]
fn a_field_at_another_place() {
    // The code and the types no longer speak of the same field.
    caught(
        "bodies",
        Verdict::Unknown,
        "missing: test napi_struct.state 0x100",
        member("napi_struct", "state", |_, [name, ty, bit]| {
            [name, ty, bit + 64 * 64]
        }),
    );
}

/// The symbol under another name.
fn misnamed(kernel: &Kernel, name: &str) -> Patch {
    let symbol = kernel.symbols.unique(name).expect(name);
    // A character that names use stands for itself.
    (symbol.entry.end - 1, vec![b'9'])
}

#[test]
fn a_symbol_that_is_missing() {
    for name in [
        "__napi_poll",
        "__napi_schedule",
        "rcu_softirq_qs",
        "__tracepoint_softirq_raise",
    ] {
        caught(
            "symbols",
            Verdict::Unsafe,
            &format!("{name} does not exist"),
            |kernel| vec![misnamed(kernel, name)],
        );
    }
}

/// As in a kernel that was built without types: its names still tell what is missing.
#[test]
fn a_symbol_that_is_missing_where_there_are_no_types() {
    let name = "__napi_poll";
    caught(
        "symbols",
        Verdict::Unsafe,
        &format!("{name} does not exist"),
        |kernel| {
            let types = kernel.image.section(".BTF").expect("BTF");
            vec![misnamed(kernel, name), (types.offset, vec![0; 4])]
        },
    );
}

#[test]
fn a_symbol_that_exists_twice() {
    let name = "klp_update_patch_state";
    caught(
        "symbols",
        Verdict::Unsafe,
        &format!("{name} exists 2 times"),
        |kernel| {
            let symbol = kernel.symbols.unique(name).expect(name);
            let other = kernel.symbols.all().iter().find(|other| {
                other.entry.len() == symbol.entry.len()
                    && other.kind == 't'
                    && other.address > symbol.address
                    && kernel.image.is_code(other.address)
            });
            let other = other.expect("a name as long");
            let bytes = bytes(kernel, symbol.entry.clone()).to_vec();
            vec![(other.entry.start, bytes)]
        },
    );
}
