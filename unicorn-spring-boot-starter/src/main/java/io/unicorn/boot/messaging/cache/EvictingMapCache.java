package io.unicorn.boot.messaging.cache;

import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.core.serializer.support.SerializationDelegate;

/**
 * A cache with the same entries as another one, which tells what is evicted.
 */
final class EvictingMapCache extends ConcurrentMapCache {

	private final Evictions evictions;

	EvictingMapCache(ConcurrentMapCache cache, Evictions evictions) {
		super(cache.getName(), cache.getNativeCache(), cache.isAllowNullValues(),
				cache.isStoreByValue() ? new SerializationDelegate(cache.getClass().getClassLoader()) : null);
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
