//! What the front end distinguishes in the three grammars.

use crate::syntax::names;

names! {
    /// Node kinds. A kind that is not here is walked through, and makes nothing.
    pub(super) enum Kind {
        // Functions and classes.
        FunctionDeclaration = "function_declaration" | "generator_function_declaration",
        FunctionExpression = "function_expression" | "generator_function",
        ArrowFunction = "arrow_function",
        MethodDefinition = "method_definition",
        FunctionSignature = "function_signature",
        MethodSignature = "method_signature" | "abstract_method_signature",
        FormalParameters = "formal_parameters",
        Parameter = "required_parameter" | "optional_parameter",
        ClassDeclaration = "class_declaration" | "abstract_class_declaration",
        ClassExpression = "class",
        ClassBody = "class_body",
        ClassHeritage = "class_heritage",
        ExtendsClause = "extends_clause",
        ImplementsClause = "implements_clause",
        ExtendsTypeClause = "extends_type_clause",
        FieldDefinition = "field_definition" | "public_field_definition",
        StaticBlock = "class_static_block",
        Decorator = "decorator",
        Interface = "interface_declaration",
        PropertySignature = "property_signature",
        Enum = "enum_declaration",
        Namespace = "internal_module" | "module",
        Ambient = "ambient_declaration",
        TypeAlias = "type_alias_declaration",
        // Modules.
        Import = "import_statement",
        ImportClause = "import_clause",
        NamespaceImport = "namespace_import",
        ImportSpecifier = "import_specifier",
        ImportRequire = "import_require_clause",
        ImportAlias = "import_alias",
        ImportKeyword = "import",
        Export = "export_statement",
        ExportSpecifier = "export_specifier",
        NamespaceExport = "namespace_export",
        // Statements.
        Block = "statement_block",
        ExpressionStatement = "expression_statement",
        Return = "return_statement",
        Case = "switch_case" | "switch_default",
        Catch = "catch_clause",
        If = "if_statement",
        Else = "else_clause",
        For = "for_statement",
        ForIn = "for_in_statement",
        While = "while_statement",
        Do = "do_statement",
        Try = "try_statement",
        Break = "break_statement",
        Continue = "continue_statement",
        Throw = "throw_statement",
        Declarator = "variable_declarator",
        // Patterns.
        ObjectPattern = "object_pattern",
        ArrayPattern = "array_pattern",
        PairPattern = "pair_pattern",
        RestPattern = "rest_pattern",
        AssignmentPattern = "assignment_pattern" | "object_assignment_pattern",
        ShorthandPattern = "shorthand_property_identifier_pattern",
        // Expressions.
        Call = "call_expression",
        New = "new_expression",
        Arguments = "arguments",
        Spread = "spread_element",
        Member = "member_expression",
        NestedIdentifier = "nested_identifier",
        Subscript = "subscript_expression",
        Assignment = "assignment_expression",
        Augmented = "augmented_assignment_expression",
        Await = "await_expression",
        Yield = "yield_expression",
        Unary = "unary_expression",
        Binary = "binary_expression",
        Ternary = "ternary_expression",
        Update = "update_expression",
        Sequence = "sequence_expression",
        Parenthesized = "parenthesized_expression",
        // `a!`, `f<T>`: the value of what they hold.
        Transparent = "non_null_expression" | "instantiation_expression",
        As = "as_expression",
        Satisfies = "satisfies_expression",
        TypeAssertion = "type_assertion",
        Object = "object",
        Pair = "pair",
        Array = "array",
        ComputedName = "computed_property_name",
        TemplateString = "template_string",
        TemplateSubstitution = "template_substitution",
        JsxTag = "jsx_opening_element" | "jsx_self_closing_element",
        JsxAttribute = "jsx_attribute",
        // Leaves that are expressions or names.
        Identifier = "identifier",
        PropertyName = "property_identifier" | "private_property_identifier",
        ShorthandProperty = "shorthand_property_identifier",
        String = "string",
        Regex = "regex",
        Number = "number",
        True = "true",
        False = "false",
        Null = "null" | "undefined",
        This = "this",
        Super = "super",
        // Types.
        TypeAnnotation = "type_annotation",
        TypeIdentifier = "type_identifier",
        NestedType = "nested_type_identifier",
        GenericType = "generic_type",
        TypeArguments = "type_arguments",
        ArrayType = "array_type",
        UnionType = "union_type" | "intersection_type",
        WrapperType = "readonly_type" | "parenthesized_type" | "optional_type" | "flow_maybe_type",
        TypeQuery = "type_query",
        ThisType = "this_type",
        ObjectType = "object_type" | "interface_body",
        // Nothing in them is needed.
        Skipped = "type_parameters" | "predefined_type" | "function_type" | "constructor_type" | "tuple_type"
            | "literal_type" | "conditional_type" | "lookup_type" | "index_type_query" | "template_literal_type"
            | "infer_type" | "existential_type" | "type_predicate_annotation" | "asserts_annotation"
            | "call_signature" | "construct_signature" | "index_signature" | "import_attribute"
            | "meta_property" | "jsx_text" | "jsx_closing_element" | "html_character_reference"
            | "statement_identifier" | "optional_chain" | "empty_statement" | "debugger_statement" | "hash_bang_line",
        Comment = "comment" | "html_comment",
        // Tokens that change a meaning.
        AsyncToken = "async",
        StarToken = "*",
        GetToken = "get" | "static get",
        SetToken = "set",
        StaticToken = "static",
        Modifier = "accessibility_modifier" | "override_modifier" | "readonly",
        TypeToken = "type",
        DefaultToken = "default",
        NotToken = "!",
        MinusToken = "-",
        PlusToken = "+",
        TypeofToken = "typeof",
        VoidToken = "void",
        InToken = "in",
        OrToken = "||" | "??",
        AndToken = "&&",
        EqualToken = "==" | "===",
        UnequalToken = "!=" | "!==",
        OrAssignToken = "||=" | "??=",
    }
}

names! {
    /// Fields, where the order of the children does not tell.
    pub(super) enum Field {
        Name = "name",
        Alias = "alias",
        Body = "body",
        Parameter = "parameter",
        ReturnType = "return_type",
        Type = "type",
        Value = "value",
        Property = "property",
        Pattern = "pattern",
        Condition = "condition",
        Consequence = "consequence",
        Alternative = "alternative",
        Left = "left",
        Right = "right",
        Increment = "increment",
        Source = "source",
        Declaration = "declaration",
    }
}

impl Kind {
    /// A function with code of its own.
    pub(super) fn is_function(self) -> bool {
        matches!(
            self,
            Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::ArrowFunction | Kind::MethodDefinition
        )
    }

    /// A leaf that is an expression by itself, or may be one.
    pub(super) fn is_leaf(self) -> bool {
        matches!(
            self,
            Kind::Identifier
                | Kind::PropertyName
                | Kind::ShorthandProperty
                | Kind::String
                | Kind::Regex
                | Kind::Number
                | Kind::True
                | Kind::False
                | Kind::Null
                | Kind::This
                | Kind::Super
                | Kind::TypeIdentifier
                | Kind::ThisType
        )
    }

    /// Children that are told apart by their fields.
    pub(super) fn needs_fields(self) -> bool {
        self.is_function()
            || matches!(
                self,
                Kind::FunctionSignature
                    | Kind::MethodSignature
                    | Kind::Parameter
                    | Kind::ClassDeclaration
                    | Kind::ClassExpression
                    | Kind::ExtendsClause
                    | Kind::FieldDefinition
                    | Kind::Interface
                    | Kind::PropertySignature
                    | Kind::Enum
                    | Kind::Namespace
                    | Kind::TypeAlias
                    | Kind::Import
                    | Kind::ImportSpecifier
                    | Kind::Export
                    | Kind::ExportSpecifier
                    | Kind::If
                    | Kind::Ternary
                    | Kind::For
                    | Kind::ForIn
                    | Kind::While
                    | Kind::Do
                    | Kind::Try
                    | Kind::Declarator
                    | Kind::JsxTag
            )
    }
}
