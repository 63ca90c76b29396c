use super::{Notation, js, ts};

#[test]
fn have_members_bases_and_roles() {
    let facts = js(
        "class A extends B.C {\n  #p = new P();\n  static s = make();\n  constructor(x) { super(x); this.x = x; }\n\
                    get g() { return super.g; }\n  set g(v) {}\n  static async m() {}\n  ['k']() {}\n  [dynamic]() {}\n}",
    );
    assert_eq!(
        facts.classes(),
        "class0 A < B.C\n  #p = P()\n  s = make()\n  constructor = fn1\n  g = fn2\n  g = fn3\n  m = fn4\n  k = fn5\n"
    );
    assert_eq!(
        facts.functions(),
        "1 constructor constructor(x) of class0\n2 getter g() of class0 -> super2.g\n3 setter g(v) of class0\n\
         4 async static m() of class0\n5 method k() of class0\n6 method _() of class0\n"
    );
    assert_eq!(facts.calls(), "P() new\nmake()\nsuper1(x@1) discarded in 1\n");
    assert_eq!(facts.writes(), "this1.x = x@1 in 1\n");
    assert_eq!(facts.bindings(), "x@1 = $1.0\nv@3 = $3.0\nA = class0\n");
}

#[test]
fn have_arrows_as_good_as_methods() {
    let facts =
        js("class A {\n  handle = () => this.run();\n  bound = this.run.bind(this);\n  list = [() => this.x];\n\
                    static all = this.load();\n  static { this.boot(); }\n}");
    assert_eq!(
        facts.classes(),
        "class0 A\n  handle = fn1\n  bound = new class0.run.bind(new class0)\n  list = [fn2]\n  all = class0.load()\n"
    );
    assert_eq!(facts.functions(), "1 handle() of class0 -> this1.run()\n2 _() -> new class0.x\n");
    assert!(facts.calls().ends_with("class0.boot() discarded\n"), "{}", facts.calls());
}

#[test]
fn of_typescript_know_types() {
    let facts = ts("abstract class Service<T> extends Base<T> implements OnInit, ns.Other<T> {\n\
                    private readonly db: Database;\n  cache: Map<string, User> = new Map();\n  untyped;\n\
                    constructor(private repo: Repository<User>, readonly log: Logger, plain: Plain) { super(); }\n\
                    abstract load(id: string): Promise<User[]>;\n  find(): User | null { return null; }\n}");
    assert_eq!(
        facts.classes(),
        "class0 Service < Base < OnInit < ns.Other\n  db = new Database\n  cache = (Map() | of new User)\n\
         \x20 constructor = fn1\n  load = fn2\n  find = fn3\n"
    );
    assert_eq!(
        facts.functions(),
        "1 constructor constructor(own repo: new Repository@1, own log: new Logger@1, plain: new Plain@1) of class0\n\
         2 method load() of class0: of new User stub\n3 method find() of class0: new User@3 -> null\n"
    );
}

#[test]
fn are_also_interfaces_and_object_types() {
    let facts = ts("export interface Store extends Base, Closer<X> {\n  get(key: string): Promise<Item>;\n  db: Db;\n\
                    (call: string): void;\n  cb: () => void;\n}\ntype Deps = { store: Store };\ntype Alias = Store;\ntype U = 'a' | 'b';");
    assert_eq!(
        facts.classes(),
        "interface0 Store < Base < Closer\n  get = fn1\n  db = new Db\ninterface1 Deps\n  store = new Store\n"
    );
    assert_eq!(facts.functions(), "1 method get() of class0: new Item stub\n");
    assert_eq!(facts.bindings(), "Store = class0\nDeps = class1\nAlias = Store\n");
    assert_eq!(facts.exports(), "Store = Store\n");
}

#[test]
fn are_decorated() {
    let text = "@Controller('cats')\nexport class Cats {\n  constructor(@Inject(TOKEN) private db: Db) {}\n\
                @Get(':id') @Log\n  find(@Param('id') id: string) {}\n  @Prop() name: string;\n  plain() {}\n}";
    let facts = ts(text);
    assert_eq!(
        facts.classes(),
        "class0 Cats @Controller(\"cats\")\n  constructor = fn1\n  find = fn2\n  plain = fn3\n"
    );
    assert_eq!(
        facts.functions(),
        "1 constructor constructor(own db: new Db@1) of class0\n2 method find(id) of class0 @Get(\":id\") @Log\n\
         3 method plain() of class0\n"
    );
    assert_eq!(
        facts.calls(),
        "Controller(\"cats\")\nInject(TOKEN)\nInject(TOKEN)() decorator\nGet(\":id\")\nParam(\"id\")\n\
         Param(\"id\")() decorator\nGet(\":id\")(fn2) decorator\nLog(fn2) decorator\nProp()\nProp()() decorator\n\
         Controller(\"cats\")(class0) decorator\n"
    );
    let get = facts.calls[6];
    assert_eq!(&text[get.at as usize..get.at_end as usize], "Get");
}

#[test]
fn of_javascript_are_decorated_too() {
    let facts = js("@a class A { @b.c m() { class Inner { @d n() {} } } }\nexport default @e class {}");
    assert_eq!(facts.functions(), "1 method m() of class0 @b.c\n2 method n() of class1 in 1 @d@1\n");
    assert_eq!(
        facts.calls(),
        "d@1(fn2) decorator in 1\nb.c(fn1) decorator\na(class0) decorator\ne(class2) decorator\n"
    );
}

#[test]
fn take_their_name_from_what_they_are_assigned_to() {
    let facts = js("const A = class extends B {};\nmodule.exports.C = class {};\nexport default class {}");
    assert_eq!(facts.classes(), "class0 A < B\nclass1 C\nclass2 _\n");
}
