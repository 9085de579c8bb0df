/**
 * The web studio: a page on this machine on which a generator is taught, its jobs being run folders
 * on disk, and everything else the public interface of the library.
 */
@org.jspecify.annotations.NullMarked
package dev.dualprocess.studio;
