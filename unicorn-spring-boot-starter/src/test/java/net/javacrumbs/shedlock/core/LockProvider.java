package net.javacrumbs.shedlock.core;

/**
 * Has the name of ShedLock's interface.
 */
public interface LockProvider {

}
