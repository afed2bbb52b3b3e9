/* Messages of the headers of objects in HDF5 files, by their names in the "HDF5 File Format Specification".
 */
#ifndef HONE_FORMATS_HDF5_MESSAGES_H
#define HONE_FORMATS_HDF5_MESSAGES_H

enum {
    HONE_HDF5_DATASPACE = 0x1,
    HONE_HDF5_LINK_INFO = 0x2,
    HONE_HDF5_DATATYPE = 0x3,
    HONE_HDF5_FILL_VALUE = 0x5,
    HONE_HDF5_LINK = 0x6,
    HONE_HDF5_EXTERNAL_FILES = 0x7,
    HONE_HDF5_LAYOUT = 0x8,
    HONE_HDF5_FILTERS = 0xb,
    HONE_HDF5_ATTRIBUTE = 0xc,
    HONE_HDF5_CONTINUATION = 0x10,
    HONE_HDF5_SYMBOL_TABLE = 0x11
};

#endif
