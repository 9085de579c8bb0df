/**
 * A small synthetic world: landscapes with known attributes, the words that describe them, and
 * meters that measure those attributes in a picture's pixels alone.
 */
package dev.dualprocess.world;
