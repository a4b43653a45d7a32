// SPDX-License-Identifier: GPL-2.0
//! The ways a module can be unfit, one line each: the value, the rule and the cure.

/// One reason not to load a module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A listed symbol is still an ordinary undefined one.
    #[error("unresolved: listed symbol {0} is not rewritten: run 'klp-reloc rewrite'")]
    NotRewritten(String),
    /// Nobody provides an undefined symbol.
    #[error("unresolved: symbol {0} is neither a livepatch symbol nor in a given Module.symvers: list it, or give the file that has it")]
    Unresolved(String),
    /// An undefined symbol that loads as address 0 when nobody provides it.
    #[error("weak: symbol {0} would load as address 0: declare it without __weak")]
    Weak(String),
    /// A livepatch symbol that is not on the list, or not with this position.
    #[error("unlisted: livepatch symbol {0} is not on the list like that: correct the list and build again")]
    Unlisted(String),
    /// The kernel accepts livepatch symbols only in a module that says so.
    #[error("mark: .modinfo lacks livepatch=Y: add MODULE_INFO(livepatch, \"Y\") to the module")]
    NoLivepatchMark,
    /// A livepatch section and a livepatch symbol must go together.
    #[error("misplaced: {place} refers to {symbol}, and only livepatch sections may refer to livepatch symbols, and to nothing else: build and rewrite again")]
    Misplaced {
        /// Section and offset.
        place: String,
        /// The symbol's name.
        symbol: String,
    },
    /// Something other than a direct call or jump refers to a kernel function.
    #[error("address: {place} ({kind}) takes the address of {symbol}, which may only be called or jumped to: call it directly, or write 'data' behind a variable on the list")]
    Address {
        /// Section and offset.
        place: String,
        /// The relocation's name.
        kind: String,
        /// The symbol's name.
        symbol: String,
    },
    /// The prefix that names the hooks names nothing.
    #[error("hooks: no function starts with {0}: give the hooks' common prefix")]
    NoHooks(String),
    /// A hook's instructions cannot be followed.
    #[error("hook: {place} {problem}, so its jumps cannot be checked: write the hook in plain C")]
    Unreadable {
        /// Function and offset.
        place: String,
        /// What is in the way.
        problem: String,
    },
    /// A hook is left by a jump: it is off the stack while its callee sleeps, and can be unloaded.
    #[error("tail call: {place} jumps to {target} and leaves the hook: compile with -fno-optimize-sibling-calls")]
    TailCall {
        /// Function and offset.
        place: String,
        /// Where the jump goes.
        target: String,
    },
    /// The cold part of a hook lies outside the function that livepatch looks for on a stack.
    #[error("cold call: {0} calls from the cold part of a hook, where livepatch does not see it: take the unlikely branch out of the hook")]
    ColdCall(String),
}
