/** The real scans that the page is tested on. */
export const small = { file: 'ixi-2mm/IXI012-HH-1211_T1.nii.gz', name: 'IXI012-HH-1211_T1' };
export const other = { file: 'ixi-2mm/IXI013-HH-1212_T1.nii.gz', name: 'IXI013-HH-1212_T1' };
/** 256^3. */
export const large = { file: 'unlabelled/t1_crop.nii.gz', name: 't1_crop' };
/** The head in the pictures: published by its owner for demonstrations. */
export const pictured = { file: 'unlabelled/chris_t1.nii.gz', name: 'chris_t1' };
