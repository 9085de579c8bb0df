/** Pictures that the page asks for: drawn, overlaid and uploaded. */
@org.jspecify.annotations.NullMarked
package dev.dualprocess.studio.pictures;
