/* Pages of HTML: what comes from files is escaped, pictures stand within. */
#include "testing/pages.h"

TEST(escapes_html)
{
    hone_text page = {.data = NULL};
    hone_internal_page_say(&page, "<script>\"a\" & 'b'\x01\xff\xc3\xa9");
    assert_string_equal(page.data,
                        "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9");
    hone_internal_text_free(&page);
}

TEST(a_title_is_escaped_in_both_places)
{
    hone_text page = {.data = NULL};
    hone_internal_page_begin(&page, "a<b");
    hone_internal_page_section(&page, "c&d");
    hone_internal_page_number(&page, "loss", NAN);
    hone_internal_page_number(&page, "loss", 0.25);
    hone_internal_page_count(&page, "samples", 4);
    hone_internal_page_end(&page);
    CHECK_PAGE(&page, "<title>a&lt;b", "<h1>a&lt;b", "</section>\n<section>\n<h2>c&amp;d", "<b>not a number",
               "<b>0.250</b>", "<b>4</b>", "</html>");
    hone_internal_text_free(&page);
}

TEST(a_large_picture_is_thinned)
{
    static float pixels[600 * 300];
    const hone_page_picture picture = {
        .pixels = pixels, .height = 600, .width = 300, .channels = 1, .low = 0, .high = 1};
    hone_text page = {.data = NULL};
    assert_int_equal(hone_internal_page_picture(&page, &picture, "a \"picture\""), HONE_OK);
    /* 200 x 100 pixels: the header of PNG has the width first. */
    CHECK_PAGE(
        &page,
        "<img alt=\"a &quot;picture&quot;\" src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGQAAADI");
    hone_internal_text_free(&page);
}
