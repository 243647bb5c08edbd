/* kernels_end.h: takes back what a file defined for kernels_body.h, so that it can be included once more. */
#undef KERNELS
#undef FN
#undef REAL
#undef vec
#undef LANE_BITS
#undef v_load
#undef v_store
#undef v_all
#undef v_mul
#undef v_fma
#undef v_fnma
#undef v_fms
#undef v_pick
#undef v_permute
#undef v_write_index
