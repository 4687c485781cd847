package io.unicorn.boot.messaging.cache;

/**
 * Is told what is evicted from a cache.
 */
interface Evictions {

	/** A key was evicted, whether or not this worker had an entry for it. */
	void evicted(Object key);

	/** All keys were evicted. */
	void cleared();

}
