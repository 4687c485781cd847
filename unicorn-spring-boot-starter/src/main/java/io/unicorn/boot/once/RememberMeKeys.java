package io.unicorn.boot.once;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.RememberMeConfigurer;

/**
 * Gives all workers the same key for remember-me cookies where Spring Security would
 * generate one for each. A cookie is otherwise valid in the worker that has made it
 * alone.
 */
final class RememberMeKeys implements BeanPostProcessor {

	/** The class that must be present. */
	static final String NEEDED = "org.springframework.security.config.annotation.web.builders.HttpSecurity";

	private final String secret;

	/** Filter chains have keys of their own, and are built in the same order. */
	private int chains;

	RememberMeKeys(String secret) {
		this.secret = secret;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof HttpSecurity http) {
			this.chains++;
			SharedKey key = new SharedKey(new PoolSecret(this.secret).uuid("remember-me " + this.chains));
			// The application may have configured it before, by a customizer.
			key.init(http);
			http.with(key);
		}
		return bean;
	}

	/** Is initialized before the configurers that the application adds. */
	private static final class SharedKey extends AbstractHttpConfigurer<SharedKey, HttpSecurity> {

		private final String key;

		SharedKey(String key) {
			this.key = key;
		}

		@Override
		@SuppressWarnings("unchecked")
		public void init(HttpSecurity http) {
			RememberMeConfigurer<HttpSecurity> rememberMe = http.getConfigurer(RememberMeConfigurer.class);
			if (rememberMe != null && isGenerated(rememberMe)) {
				rememberMe.key(this.key);
			}
		}

		/** Services of the application have a key already. */
		private static boolean isGenerated(RememberMeConfigurer<HttpSecurity> rememberMe) {
			DirectFieldAccessor fields = new DirectFieldAccessor(rememberMe);
			return fields.getPropertyValue("key") == null && fields.getPropertyValue("rememberMeServices") == null;
		}

	}

}
