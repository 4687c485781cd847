package io.unicorn.sample.lifecycle;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Replaces the protocol of Tomcat after all customizers, which makes a pool impossible.
 */
@Component
@Profile("other-protocol")
class OtherProtocol implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		if (bean instanceof TomcatWebServerFactory factory) {
			factory.setProtocol("org.apache.coyote.http11.Http11Nio2Protocol");
		}
		return bean;
	}

}
