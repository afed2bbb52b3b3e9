/* cairo, loaded when the first picture is drawn. What is not in the list cannot be called: nothing is linked
 * with the library. */
#ifndef HONE_CHARTS_CAIRO_H
#define HONE_CHARTS_CAIRO_H

#include "base/error.h"
#include <cairo-svg.h>
#include <cairo.h>

/* clang-format off */
#define HONE_CAIRO_FUNCTIONS(F) \
    F(arc) F(clip) F(close_path) F(create) F(curve_to) F(destroy) F(fill) F(fill_preserve) \
    F(font_options_create) F(font_options_destroy) F(font_options_set_antialias) \
    F(font_options_set_hint_metrics) F(font_options_set_hint_style) F(get_source) \
    F(image_surface_create) F(image_surface_get_data) F(image_surface_get_stride) F(line_to) F(move_to) \
    F(new_sub_path) F(paint) F(pattern_set_filter) F(rectangle) F(reset_clip) F(restore) F(rotate) \
    F(save) F(scale) F(select_font_face) F(set_dash) F(set_font_options) F(set_font_size) \
    F(set_line_join) F(set_line_width) F(set_source_rgba) F(set_source_surface) F(show_text) F(status) \
    F(status_to_string) F(stroke) F(surface_destroy) F(surface_finish) F(surface_flush) \
    F(surface_mark_dirty) F(surface_status) F(surface_write_to_png_stream) \
    F(svg_surface_create_for_stream) F(text_extents) F(text_path) F(translate)
/* clang-format on */

typedef struct hone_cairo {
#define HONE_CAIRO_MEMBER(name) __typeof__(cairo_##name) *name;
    HONE_CAIRO_FUNCTIONS(HONE_CAIRO_MEMBER)
#undef HONE_CAIRO_MEMBER
} hone_cairo;

/* NULL pointers until hone_internal_cairo_load has succeeded, which a canvas that is open has seen to. */
extern hone_cairo hone_internal_cairo;
hone_status hone_internal_cairo_load(void);

#define cairo_arc hone_internal_cairo.arc
#define cairo_clip hone_internal_cairo.clip
#define cairo_close_path hone_internal_cairo.close_path
#define cairo_create hone_internal_cairo.create
#define cairo_curve_to hone_internal_cairo.curve_to
#define cairo_destroy hone_internal_cairo.destroy
#define cairo_fill hone_internal_cairo.fill
#define cairo_fill_preserve hone_internal_cairo.fill_preserve
#define cairo_font_options_create hone_internal_cairo.font_options_create
#define cairo_font_options_destroy hone_internal_cairo.font_options_destroy
#define cairo_font_options_set_antialias hone_internal_cairo.font_options_set_antialias
#define cairo_font_options_set_hint_metrics hone_internal_cairo.font_options_set_hint_metrics
#define cairo_font_options_set_hint_style hone_internal_cairo.font_options_set_hint_style
#define cairo_get_source hone_internal_cairo.get_source
#define cairo_image_surface_create hone_internal_cairo.image_surface_create
#define cairo_image_surface_get_data hone_internal_cairo.image_surface_get_data
#define cairo_image_surface_get_stride hone_internal_cairo.image_surface_get_stride
#define cairo_line_to hone_internal_cairo.line_to
#define cairo_move_to hone_internal_cairo.move_to
#define cairo_new_sub_path hone_internal_cairo.new_sub_path
#define cairo_paint hone_internal_cairo.paint
#define cairo_pattern_set_filter hone_internal_cairo.pattern_set_filter
#define cairo_rectangle hone_internal_cairo.rectangle
#define cairo_reset_clip hone_internal_cairo.reset_clip
#define cairo_restore hone_internal_cairo.restore
#define cairo_rotate hone_internal_cairo.rotate
#define cairo_save hone_internal_cairo.save
#define cairo_scale hone_internal_cairo.scale
#define cairo_select_font_face hone_internal_cairo.select_font_face
#define cairo_set_dash hone_internal_cairo.set_dash
#define cairo_set_font_options hone_internal_cairo.set_font_options
#define cairo_set_font_size hone_internal_cairo.set_font_size
#define cairo_set_line_join hone_internal_cairo.set_line_join
#define cairo_set_line_width hone_internal_cairo.set_line_width
#define cairo_set_source_rgba hone_internal_cairo.set_source_rgba
#define cairo_set_source_surface hone_internal_cairo.set_source_surface
#define cairo_show_text hone_internal_cairo.show_text
#define cairo_status hone_internal_cairo.status
#define cairo_status_to_string hone_internal_cairo.status_to_string
#define cairo_stroke hone_internal_cairo.stroke
#define cairo_surface_destroy hone_internal_cairo.surface_destroy
#define cairo_surface_finish hone_internal_cairo.surface_finish
#define cairo_surface_flush hone_internal_cairo.surface_flush
#define cairo_surface_mark_dirty hone_internal_cairo.surface_mark_dirty
#define cairo_surface_status hone_internal_cairo.surface_status
#define cairo_surface_write_to_png_stream hone_internal_cairo.surface_write_to_png_stream
#define cairo_svg_surface_create_for_stream hone_internal_cairo.svg_surface_create_for_stream
#define cairo_text_extents hone_internal_cairo.text_extents
#define cairo_text_path hone_internal_cairo.text_path
#define cairo_translate hone_internal_cairo.translate

#endif
