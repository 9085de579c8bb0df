/**
 * Layers that more than one model shares. Each holds frozen tensors it does not own, and knows its
 * equation and its shapes; nothing here reads a configuration.
 */
package dev.dualprocess.nn;
