/**
 * Work of a device that is recorded once and then repeated as a whole, so that the host no longer
 * starts every kernel by itself: CUDA graphs.
 */
package dev.dualprocess.capture;
