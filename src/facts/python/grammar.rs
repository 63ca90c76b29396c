//! The part of the Python grammar that facts are read from.

use crate::syntax::names;

names! {
    /// Node kinds.
    pub(super) enum Kind {
        // Definitions.
        Module = "module",
        Function = "function_definition",
        Lambda = "lambda",
        Class = "class_definition",
        Decorated = "decorated_definition",
        Decorator = "decorator",
        Parameters = "parameters" | "lambda_parameters",
        DefaultParameter = "default_parameter" | "typed_default_parameter",
        TypedParameter = "typed_parameter",
        ListSplatPattern = "list_splat_pattern",
        DictionarySplatPattern = "dictionary_splat_pattern",
        Async = "async",
        // Statements.
        Block = "block",
        ExpressionStatement = "expression_statement",
        Return = "return_statement",
        Raise = "raise_statement",
        Jump = "continue_statement" | "break_statement",
        Pass = "pass_statement",
        Delete = "delete_statement",
        Global = "global_statement",
        Nonlocal = "nonlocal_statement",
        Assignment = "assignment",
        If = "if_statement",
        Elif = "elif_clause",
        Else = "else_clause",
        For = "for_statement",
        While = "while_statement",
        Try = "try_statement",
        Except = "except_clause",
        With = "with_statement",
        WithItem = "with_item",
        TypeAlias = "type_alias_statement",
        // Imports.
        Import = "import_statement",
        ImportFrom = "import_from_statement",
        FutureImport = "future_import_statement",
        AliasedImport = "aliased_import",
        DottedName = "dotted_name",
        RelativeImport = "relative_import",
        WildcardImport = "wildcard_import",
        // Targets.
        Pattern = "pattern_list" | "tuple_pattern" | "list_pattern",
        AsPattern = "as_pattern",
        AsTarget = "as_pattern_target",
        // Expressions.
        Identifier = "identifier",
        Attribute = "attribute",
        Subscript = "subscript",
        Slice = "slice",
        Call = "call",
        Arguments = "argument_list",
        KeywordArgument = "keyword_argument",
        ListSplat = "list_splat",
        DictionarySplat = "dictionary_splat",
        Await = "await",
        Yield = "yield",
        Parenthesized = "parenthesized_expression",
        Named = "named_expression",
        Conditional = "conditional_expression",
        Boolean = "boolean_operator",
        Not = "not_operator",
        Comparison = "comparison_operator",
        Binary = "binary_operator",
        Unary = "unary_operator",
        List = "list" | "tuple" | "set" | "expression_list",
        Dictionary = "dictionary",
        Pair = "pair",
        Comprehension = "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression",
        ForIn = "for_in_clause",
        String = "string",
        StringContent = "string_content",
        Interpolation = "interpolation",
        Concatenated = "concatenated_string",
        Number = "integer" | "float",
        True = "true",
        False = "false",
        None = "none",
        Ellipsis = "ellipsis",
        // Annotations.
        Type = "type",
        GenericType = "generic_type",
        UnionType = "union_type",
        TypeParameter = "type_parameter",
        // Extras, which may stand between any two nodes.
        Comment = "comment" | "line_continuation",
    }
}

names! {
    /// Fields.
    pub(super) enum Field {
        Body = "body",
        Condition = "condition",
        Consequence = "consequence",
        Definition = "definition",
        Left = "left",
        ModuleName = "module_name",
        Name = "name",
        ReturnType = "return_type",
        Right = "right",
        Superclasses = "superclasses",
        Type = "type",
        Value = "value",
    }
}
