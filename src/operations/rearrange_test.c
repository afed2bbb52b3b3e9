/* Axes by names. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"split and joined", {"rearrange", X, .call = "call(\"b (h w) c -> b w (c h)\", sizes=\"h=2\")"}},
    {"sizes among blanks", {"rearrange", X, .call = "call(\"b (h w) c -> b w h c\", sizes=\" h = 2 \")"}},
    {"another order", {"rearrange", X, .call = "call(\"b h c -> b c h\")"}},
    {"as it is", {"rearrange", X, .call = "call(\"b h c->b h c\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"no arrow", "rearrange", "call(\"b h c\")", "\"->\" is missing"},
    {"a parenthesis too many", "rearrange", "call(\"b (h c -> b h c\")", "a parenthesis is missing"},
    {"parentheses within others", "rearrange", "call(\"b ((h w) c) -> b h c\")", "parentheses do not match"},
    {"a name twice", "rearrange", "call(\"b h h -> b h\")", "a name stands twice"},
    {"a name from nowhere", "rearrange", "call(\"b h c -> b h d\")", "does not stand before the arrow"},
    {"a name lost", "rearrange", "call(\"b h c -> b h\")", "each name must stand on both sides"},
    {"too few axes", "rearrange", "call(\"b h -> h b\")", "has 2 axes, the input 3"},
    {"too many axes", "rearrange", "call(\"b h c -> b h c () () () () () () () () ()\")",
     "there are too many axes"},
    {"what is no name", "rearrange", "call(\"b h * -> b h *\")", "a name or parentheses are expected"},
    {"two unknown sizes", "rearrange", "call(\"b (h w) c -> b h w c\")", "of which 2 have no size"},
    {"a size that does not divide", "rearrange", "call(\"b (h w) c -> b h w c\", sizes=\"h=3\")",
     "does not consist of its names"},
    {"a size of nothing", "rearrange", "call(\"b h c -> b c h\", sizes=\"x=3\")", "not that of a name"},
    {"a size that is none", "rearrange", "call(\"b (h w) c -> b c h w\", sizes=\"h=0\")",
     "not that of a name"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
