select {% if x %} 1
