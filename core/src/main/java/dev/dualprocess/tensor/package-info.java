/**
 * The one place that touches native memory, devices, dtypes and random numbers of libtorch.
 *
 * <p>Rules: temporaries are made inside a {@link org.bytedeco.javacpp.PointerScope} and die with
 * it; what lives longer is {@linkplain dev.dualprocess.tensor.Memory#keep kept} and closed by its
 * one owner, usually a {@link dev.dualprocess.tensor.TensorOwner}.
 */
package dev.dualprocess.tensor;
