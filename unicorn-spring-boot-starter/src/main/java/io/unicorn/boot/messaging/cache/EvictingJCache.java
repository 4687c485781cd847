package io.unicorn.boot.messaging.cache;

import org.springframework.cache.jcache.JCacheCache;

/**
 * A cache with the same entries as another one, which tells what is evicted.
 */
final class EvictingJCache extends JCacheCache {

	private final Evictions evictions;

	EvictingJCache(JCacheCache cache, Evictions evictions) {
		super(cache.getNativeCache(), cache.isAllowNullValues());
		this.evictions = evictions;
	}

	@Override
	public void evict(Object key) {
		super.evict(key);
		this.evictions.evicted(key);
	}

	@Override
	public boolean evictIfPresent(Object key) {
		boolean present = super.evictIfPresent(key);
		this.evictions.evicted(key);
		return present;
	}

	@Override
	public void clear() {
		super.clear();
		this.evictions.cleared();
	}

	@Override
	public boolean invalidate() {
		boolean present = super.invalidate();
		this.evictions.cleared();
		return present;
	}

}
