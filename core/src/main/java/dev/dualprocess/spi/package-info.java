/** How model modules and plug-ins are found: providers, named, discovered with ServiceLoader. */
package dev.dualprocess.spi;
