"""Small files of made-up air data."""

from datetime import date, timedelta

DAYS_HEADER = "城市,日期,AQI,质量等级,首要污染物,SO2,NO2,PM10,PM2.5,CO,O3"


def days_file(folder, *, first=date(2025, 1, 1), last=date(2026, 5, 31), cities=("甲", "乙")):
    """City days of one level: 甲 has PM2.5 of 65 (good on the table of 2012 only), 乙 of 20."""
    path = folder / "days.csv"
    rows = [DAYS_HEADER]
    for place, city in enumerate(cities):
        pm25 = (65, 20)[place % 2]
        for i in range((last - first).days + 1):
            day = first + timedelta(days=i)
            is_new = day >= date(2026, 3, 1)
            aqi, level, primary = (40, "优", "")
            if pm25 == 65:
                aqi, level, primary = (105, "轻度污染", "PM2.5") if is_new else (88, "良", "PM2.5")
            rows.append(f"{city},{day},{aqi},{level},{primary},6,30,40,{pm25},0.8,80")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def hours_file(folder, *, days=3, first=date(2024, 5, 1)):
    """Two stations and a control site, every hour alike; stamps end their hour."""
    path = folder / "hours.csv"
    rows = ["station,date,hour,SO2,NO2,PM10,PM2.5,CO,O3"]
    for station, pm25 in (("centre", 30), ("east", 41), ("reservoir", 5)):
        for i in range(days):
            day = first + timedelta(days=i)
            rows.extend(f"{station},{day},{hour},6,30,40,{pm25},0.8,80" for hour in range(1, 25))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


BULLETINS = """city,period,so2,no2,pm10,pm25,co_p95,o3_p90,综合指数
甲,2023-08,9,25,60,32,1.1,140,3.70
乙,2026-04,9,25,60,32,1.1,140,3.99
丙,2023-08,9,25,60,32,1.1,,
"""
RELEASE = """timepoint,stationcode,aqi,quality,primarypollutant,so2,no2,co,o3,pm10,pm2_5
2024-01-01T16:00:00,A1,100,良,"颗粒物(PM10),细颗粒物(PM2.5)",4,20,0.8,100,150,75
2024-01-01T16:00:00,A2,50,优,,4,20,0.8,100,50,20
2024-01-01T16:00:00,A3,77,良,铅,4,20,0.8,100,50,20
2024-01-01T16:00:00,A4,,,,-;,-;,-;,-;,-;,-;
"""
