"""Write the example exports under `examples/`: one small world as four systems export it, with planted duplicates.

Run from the project's root: `python -m benchmarks.make_examples`. Everything in it is invented.
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import xlwt

EXAMPLES = Path(__file__).parent.parent / "examples"

COMPANIES = [
    ["Record ID", "Company name", "Company Domain Name", "Company owner", "Create Date", "Phone Number", "City", "Country/Region", "Industry", "Number of Employees"],
    ["7001", "Brightwater Logistics GmbH", "brightwater-logistics.example", "Nadia Osei", "2025-03-12 09:14", "+49 40 5550 1180", "Hamburg", "Germany", "Transportation", "420"],
    ["7002", "Kestrel Analytics Ltd", "kestrel-analytics.example", "Nadia Osei", "2025-03-20 11:02", "+44 20 7946 0711", "London", "United Kingdom", "Software", "85"],
    ["7003", "Maison Lefèvre", "maison-lefevre.example", "Tom Adeyemi", "2025-04-02 15:40", "+33 1 99 00 46 10", "Lyon", "France", "Retail", "60"],
    ["7004", "Halden Robotics AS", "haldenrobotics.example", "Tom Adeyemi", "2025-05-06 08:21", "+47 22 99 71 00", "Oslo", "Norway", "Manufacturing", "230"],
    ["7005", "Orchard & Pine Foods, Inc.", "orchardpine.example", "Nadia Osei", "2025-05-19 16:45", "(415) 555-0142", "San Francisco", "United States", "Food", "1200"],
    ["7006", "Cedar Ridge Health", "cedarridge.example", "Tom Adeyemi", "2025-06-11 10:10", "(303) 555-0175", "Denver", "United States", "Healthcare", "340"],
]  # fmt: skip

CONTACTS = [
    ["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Lead Status", "Job Title", "Create Date", "Associated Company", "Associated Company IDs", "Country/Region", "Contact owner"],
    ["9001", "Jonas", "Albrecht", "jonas.albrecht@brightwater-logistics.example", "+49 40 5550 1181", "Connected", "Head of Purchasing", "2025-03-12 09:20", "Brightwater Logistics GmbH", "7001", "Germany", "Nadia Osei"],
    ["9002", "Priya", "Raman", "priya.raman@kestrel-analytics.example", "+44 20 7946 0712", "Open deal", "Chief Data Officer", "2025-03-20 11:05", "Kestrel Analytics Ltd", "7002", "United Kingdom", "Nadia Osei"],
    ["9003", "Élodie", "Lefèvre", "elodie@maison-lefevre.example", "+33 6 99 01 46 22", "New", "Gérante", "2025-04-02 15:44", "Maison Lefèvre", "7003", "France", "Tom Adeyemi"],
    ["9004", "Sigrid", "Haugen", "sigrid.haugen@haldenrobotics.example", "+47 22 99 71 01", "Open deal", "CTO", "2025-05-06 08:30", "Halden Robotics AS", "7004", "Norway", "Tom Adeyemi"],
    ["9005", "Marcus", "Whitfield", "mwhitfield@orchardpine.example", "(415) 555-0143", "Connected", "VP Supply Chain", "2025-05-19 16:50", "Orchard & Pine Foods, Inc.", "7005", "United States", "Nadia Osei"],
    ["9006", "Dana", "Whitfield", "dana.whitfield@orchardpine.example", "(415) 555-0144", "New", "Buyer", "2025-05-20 09:00", "Orchard & Pine Foods, Inc.", "7005", "United States", "Nadia Osei"],
    ["9007", "Alan", "Prescott", "alan.prescott@cedarridge.example", "(303) 555-0176", "Open deal", "Director of IT", "2025-06-11 10:12", "Cedar Ridge Health", "7006", "United States", "Tom Adeyemi"],
    ["9008", "Yuki", "Tanabe", "yuki.tanabe@@kestrel-analytics.example", "+44 20 7946 0713", "New", "Analyst", "2025-07-01 12:00", "Kestrel Analytics Ltd", "7002", "United Kingdom", "Nadia Osei"],
]  # fmt: skip

DEALS = [
    ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Close Date", "Create Date", "Deal owner", "Associated Company", "Associated Company IDs (Primary)", "Associated Contact IDs"],
    ["5001", "Brightwater – fleet portal", "Contract Sent", "Sales Pipeline", "48000.00", "2025-10-31", "2025-06-02 09:00", "Nadia Osei", "Brightwater Logistics GmbH", "7001", "9001"],
    ["5002", "Kestrel – data platform", "Decision Maker Bought-In", "Sales Pipeline", "72000.00", "2025-11-15", "2025-06-20 10:30", "Nadia Osei", "Kestrel Analytics Ltd", "7002", "9002"],
    ["5003", "Halden – service contract", "Closed Won", "Sales Pipeline", "31000.00", "2025-08-29", "2025-05-12 08:00", "Tom Adeyemi", "Halden Robotics AS", "7004", "9004"],
    ["5004", "Orchard & Pine – pilot", "Closed Lost", "Sales Pipeline", "18000.00", "2025-08-14", "2025-05-28 13:00", "Nadia Osei", "Orchard & Pine Foods, Inc.", "7005", "9005"],
    ["5005", "Cedar Ridge – rollout", "Presentation Scheduled", "Sales Pipeline", "95000.00", "2025-12-12", "2025-07-08 09:15", "Tom Adeyemi", "Cedar Ridge Health", "7006", "9007"],
    ["5006", "Lefèvre – boutique", "Appointment Scheduled", "Sales Pipeline", "9500.00", "2025-12-05", "2025-09-02 11:00", "Tom Adeyemi", "Maison Lefèvre", "7003", "9003"],
]  # fmt: skip

ACCOUNT = [
    ["Id", "IsDeleted", "MasterRecordId", "Name", "Type", "BillingStreet", "BillingCity", "BillingState", "BillingPostalCode", "BillingCountry", "Phone", "Website", "Industry", "OwnerId", "CreatedDate", "LastModifiedDate"],
    ["001Lx00000AAAA1IAM", "false", "", "Brightwater Logistics", "Customer", "Speicherstrasse 12", "Hamburg", "", "20457", "Germany", "+49 40 55501180", "https://www.brightwater-logistics.example", "Transportation", "005Lx00000U0001IAE", "2024-01-15T08:00:00.000Z", "2025-02-11T10:12:00.000Z"],
    ["001Lx00000AAAA2IAM", "false", "", "Halden Robotics", "Customer", "Havnegata 4", "Oslo", "", "0150", "Norway", "+47 22997100", "haldenrobotics.example", "Machinery", "005Lx00000U0001IAE", "2024-02-01T09:30:00.000Z", "2025-03-04T09:00:00.000Z"],
    ["001Lx00000AAAA3IAM", "false", "", "Cedar Ridge Health Inc.", "Prospect", "410 Larimer St", "Denver", "CO", "80202", "United States", "303-555-0175", "www.cedarridge.example", "Healthcare", "005Lx00000U0002IAE", "2024-03-10T15:00:00.000Z", "2025-01-20T12:00:00.000Z"],
    ["001Lx00000AAAA4IAM", "false", "", "Tamarind Travel", "Customer", "18 Marine Parade", "Brighton", "", "BN2 1TL", "United Kingdom", "+44 1273 496 0188", "tamarind-travel.example", "Travel", "005Lx00000U0002IAE", "2024-04-22T11:00:00.000Z", "2025-04-01T08:45:00.000Z"],
    ["001Lx00000AAAA5IAM", "true", "", "Old Test Account", "Other", "", "", "", "", "", "", "", "", "005Lx00000U0001IAE", "2023-11-05T10:00:00.000Z", "2024-01-08T10:00:00.000Z"],
]  # fmt: skip

CONTACT = [
    ["Id", "IsDeleted", "AccountId", "FirstName", "LastName", "Salutation", "Name", "MailingCity", "MailingCountry", "Phone", "MobilePhone", "AssistantPhone", "Email", "Title", "Department", "AssistantName", "LeadSource", "OwnerId", "CreatedDate", "LastModifiedDate"],
    ["003Lx00000CC0001AA", "false", "001Lx00000AAAA1IAM", "Jonas", "Albrecht", "Herr", "Jonas Albrecht", "Hamburg", "Germany", "+49 40 55501181", "+49 171 5550 222", "", "jonas.albrecht@brightwater-logistics.example", "Purchasing Manager", "Purchasing", "", "Trade Show", "005Lx00000U0001IAE", "2024-01-15T08:10:00.000Z", "2025-02-11T10:15:00.000Z"],
    ["003Lx00000CC0002AA", "false", "001Lx00000AAAA2IAM", "Sigrid", "Haugen", "", "Sigrid Haugen", "Oslo", "Norway", "+47 22997101", "", "", "sigrid.haugen@haldenrobotics.example", "CTO", "Technology", "", "Web", "005Lx00000U0001IAE", "2024-02-01T09:40:00.000Z", "2025-03-04T09:05:00.000Z"],
    ["003Lx00000CC0003AA", "false", "001Lx00000AAAA3IAM", "Al", "Prescott", "Mr.", "Al Prescott", "Denver", "United States", "303-555-0176", "", "303-555-0199", "aprescott@cedarridge.example", "IT Director", "IT", "Jo Hart", "Partner", "005Lx00000U0002IAE", "2024-03-10T15:05:00.000Z", "2025-01-20T12:05:00.000Z"],
    ["003Lx00000CC0004AA", "false", "001Lx00000AAAA4IAM", "Rosalind", "Okafor", "Ms.", "Rosalind Okafor", "Brighton", "United Kingdom", "+44 1273 496 0189", "", "", "rosalind@tamarind-travel.example", "Managing Director", "", "", "Web", "005Lx00000U0002IAE", "2024-04-22T11:05:00.000Z", "2025-04-01T08:50:00.000Z"],
]  # fmt: skip

LEAD = [
    ["Id", "IsDeleted", "LastName", "FirstName", "Name", "Title", "Company", "City", "Country", "Phone", "Email", "Website", "LeadSource", "Status", "OwnerId", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "CreatedDate", "LastModifiedDate"],
    ["00QLx00000LL001MAC", "false", "Okafor", "Rosalind", "Rosalind Okafor", "Director", "Tamarind Travel", "Brighton", "United Kingdom", "+44 1273 496 0189", "rosalind@tamarind-travel.example", "tamarind-travel.example", "Web", "Closed - Converted", "005Lx00000U0002IAE", "true", "2024-04-22", "001Lx00000AAAA4IAM", "003Lx00000CC0004AA", "006Lx00000OP003IAM", "2024-04-02T10:00:00.000Z", "2024-04-22T11:00:00.000Z"],
    ["00QLx00000LL002MAC", "false", "Raman", "Priya", "Priya Raman", "CDO", "Kestrel Analytics", "London", "United Kingdom", "+44 20 7946 0712", "priya.raman@kestrel-analytics.example", "kestrel-analytics.example", "Trade Show", "Working - Contacted", "005Lx00000U0001IAE", "false", "", "", "", "", "2025-02-03T14:00:00.000Z", "2025-02-20T09:30:00.000Z"],
    ["00QLx00000LL003MAC", "false", "Whitfield", "Marc", "Marc Whitfield", "VP", "Orchard and Pine Foods", "San Francisco", "United States", "415-555-0143", "mwhitfield@orchardpine.example", "", "Trade Show", "Open - Not Contacted", "005Lx00000U0001IAE", "false", "", "", "", "", "2025-02-03T14:05:00.000Z", "2025-02-03T14:05:00.000Z"],
    ["00QLx00000LL004MAC", "false", "Bergström", "Lars", "Lars Bergström", "Founder", "Norrsken Studio AB", "Malmö", "Sweden", "+46 40 555 01 20", "lars@norrsken-studio.example", "norrsken-studio.example", "Web", "Open - Not Contacted", "005Lx00000U0002IAE", "false", "", "", "", "", "2025-03-11T08:00:00.000Z", "2025-03-11T08:00:00.000Z"],
]  # fmt: skip

OPPORTUNITY = [
    ["Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount", "Probability", "CloseDate", "LeadSource", "IsClosed", "IsWon", "CreatedDate", "LastModifiedDate", "OwnerId", "CurrencyIsoCode", "ContactId"],
    ["006Lx00000OP001IAM", "false", "001Lx00000AAAA1IAM", "Brightwater tracking", "Closed Won", "26000", "100", "2024-06-28", "Trade Show", "true", "true", "2024-02-05T09:00:00.000Z", "2024-06-28T16:00:00.000Z", "005Lx00000U0001IAE", "EUR", "003Lx00000CC0001AA"],
    ["006Lx00000OP002IAM", "false", "001Lx00000AAAA2IAM", "Halden sensors", "Closed Lost", "54000", "0", "2024-09-12", "Web", "true", "false", "2024-03-01T10:00:00.000Z", "2024-09-12T12:00:00.000Z", "005Lx00000U0001IAE", "EUR", "003Lx00000CC0002AA"],
    ["006Lx00000OP003IAM", "false", "001Lx00000AAAA4IAM", "Tamarind booking", "Closed Won", "15500", "100", "2024-07-19", "Web", "true", "true", "2024-04-22T11:00:00.000Z", "2024-07-19T15:20:00.000Z", "005Lx00000U0002IAE", "EUR", "003Lx00000CC0004AA"],
    ["006Lx00000OP004IAM", "false", "001Lx00000AAAA3IAM", "Cedar Ridge assessment", "Negotiation/Review", "39000", "90", "2025-06-30", "Partner", "false", "false", "2025-01-20T12:00:00.000Z", "2025-04-02T09:00:00.000Z", "005Lx00000U0002IAE", "USD", "003Lx00000CC0003AA"],
    ["006Lx00000OP005IAM", "false", "001Lx00000AAAA1IAM", "Brightwater renewal", "Proposal/Price Quote", "28000", "75", "2025-07-31", "Existing Customer", "false", "false", "2025-02-11T10:20:00.000Z", "2025-03-21T11:00:00.000Z", "005Lx00000U0001IAE", "EUR", "003Lx00000CC0001AA"],
    ["006Lx00000OP006IAM", "false", "001Lx00000AAAA4IAM", "Tamarind loyalty", "Qualification", "12000", "10", "2025-08-29", "Existing Customer", "false", "false", "2025-04-01T09:00:00.000Z", "2025-04-01T09:00:00.000Z", "005Lx00000U0002IAE", "EUR", "003Lx00000CC0004AA"],
]  # fmt: skip

MOVES = {
    "006Lx00000OP001IAM": [("2024-02-05T09:00", "Qualification", 10), ("2024-03-14T10:30", "Proposal/Price Quote", 75), ("2024-05-22T08:15", "Negotiation/Review", 90), ("2024-06-28T16:00", "Closed Won", 100)],
    "006Lx00000OP002IAM": [("2024-03-01T10:00", "Qualification", 10), ("2024-04-18T13:00", "Proposal/Price Quote", 75), ("2024-09-12T12:00", "Closed Lost", 0)],
    "006Lx00000OP003IAM": [("2024-04-22T11:00", "Qualification", 10), ("2024-05-30T09:45", "Proposal/Price Quote", 75), ("2024-05-31T09:00", "Proposal/Price Quote", 75), ("2024-07-19T15:20", "Closed Won", 100)],
    "006Lx00000OP004IAM": [("2025-01-20T12:00", "Qualification", 10), ("2025-02-18T14:00", "Proposal/Price Quote", 75), ("2025-04-02T09:00", "Negotiation/Review", 90)],
    "006Lx00000OP005IAM": [("2025-02-11T10:20", "Qualification", 10), ("2025-03-21T11:00", "Proposal/Price Quote", 75)],
    "006Lx00000OP006IAM": [("2025-04-01T09:00", "Qualification", 10)],
}  # fmt: skip

USERS = [
    ["Id", "Username", "Name", "Email"],
    ["005Lx00000U0001IAE", "nosei@our-company.example", "Nadia Osei", "nadia.osei@our-company.example"],
    ["005Lx00000U0002IAE", "tadeyemi@our-company.example", "Tom Adeyemi", "tom.adeyemi@our-company.example"],
]

PROSPECTS = [
    ["Personne - Prénom", "Personne - Nom de famille", "Personne - Intitulé du poste", "Personne - E-mail - Travail", "Personne - Téléphone - Mobile", "Organisation - Nom", "Organisation - Adresse", "Personne - Étiquette"],
    ["Elodie", "Lefevre", "Gérante", "elodie@maison-lefevre.example", "+33 6 99 01 46 22", "MAISON LEFEVRE SARL", "14 rue Mercière, 69002 Lyon", "Client chaud"],
    ["Bastien", "Morvan", "Directeur des achats", "b.morvan@atelier-morvan.example", "+33 6 99 02 11 05", "Atelier Morvan SAS", "3 quai du Port, 29200 Brest", "À rappeler"],
    ["Inès", "Caradec", "Acheteuse", "ines.caradec@atelier-morvan.example", "+33 6 99 02 11 06", "Atelier Morvan", "", ""],
    ["Sylvie", "Duchêne", "Responsable logistique", "s.duchene@transports-duchene.example", "+33 6 99 03 58 40", "Transports Duchêne", "22 avenue de Metz, 67000 Strasbourg", "Salon 2025"],
    ["Jonas", "Albrecht", "Einkauf", "jonas.albrecht@brightwater-logistics.example", None, "Brightwater Logistics GmbH", "", "Salon 2025"],
    ["Karim", "Benali", "", "", "+33 6 99 04 77 31", "Benali Conseil", "", "À rappeler"],
]  # fmt: skip

FAIR = [
    ["Spring Trade Fair 2025 – visitors at our stand"],
    [],
    ["Name", "Company", "E-mail", "Phone", "City", "Country", "Lead Source", "Budget", "Visited on", "Comments"],
    ["Raman, Priya", "Kestrel Analytics Ltd.", "priya.raman@kestrel-analytics.example", "020 7946 0712", "London", "UK", "Trade fair", "€ 70.000,00", datetime(2025, 3, 18), "Wants a demo of the data platform"],
    ["Marcus Whitfield", "Orchard & Pine Foods", "mwhitfield@orchardpine.example", "415 555 0143", "San Francisco", "USA", "Trade fair", "$ 20.000,00", datetime(2025, 3, 18), ""],
    ["Ana Sofia Prado", "Solvent Labs BV", "ana.prado@solventlabs.example", "+31 20 555 0123", "Amsterdam", "Netherlands", "Trade fair", "€ 12.500,00", datetime(2025, 3, 19), "Call back in May"],
    ["Lars Bergstrom", "Norrsken Studio", "lars@norrsken-studio.example", "+46 40 555 01 20", "Malmo", "Sweden", "Trade fair", "", datetime(2025, 3, 19), ""],
    ["", "", "", "", "Utrecht", "Netherlands", "Trade fair", "", datetime(2025, 3, 19), "left no name"],
    ["Rosalind Okafor", "Tamarind Travel", "rosalind@tamarind-travel.example", "01273 4960189", "Brighton", "UK", "Trade fair", "€ 9.000,00", datetime(2025, 3, 20), "Existing customer"],
    [],
    ["Total", "6"],
]  # fmt: skip


def csv_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    """Rows as delimited text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(encoding)


def history_rows() -> list[list[str]]:
    """OpportunityHistory rows for every move; one of them is a save that left the stage alone."""
    rows = [
        [
            "Id",
            "OpportunityId",
            "CreatedById",
            "CreatedDate",
            "StageName",
            "Probability",
            "SystemModstamp",
            "IsDeleted",
        ]
    ]
    owners = {row[0]: row[13] for row in OPPORTUNITY[1:]}
    for deal, moves in MOVES.items():
        for at, stage, chance in moves:
            number = f"008Lx00000H{len(rows):04d}AAA"
            rows.append([number, deal, owners[deal], f"{at}:00.000Z", stage, str(chance), f"{at}:00.000Z", "false"])
    return rows


def write_salesforce(target: Path) -> None:
    """The weekly export of Salesforce: one CSV an object, in a zip with fixed times, so that it is the same each time."""
    tables = {
        "Account": ACCOUNT,
        "Contact": CONTACT,
        "Lead": LEAD,
        "Opportunity": OPPORTUNITY,
        "OpportunityHistory": history_rows(),
        "User": USERS,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2025, 4, 30, 6, 0, 0)), csv_bytes(rows))


def write_pipedrive(target: Path) -> None:
    """A lead list as Pipedrive's French interface exports it to Excel."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  (a new workbook has a sheet)
    sheet.title = "leads"
    for row in PROSPECTS:
        sheet.append(row)
    book.save(target)


def write_fair(target: Path) -> None:
    """A visitors' list from a trade fair in the old Excel format, with a title above and a total below."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Visitors")
    dates = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for index, row in enumerate(FAIR):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write(index, column, value, dates)
            elif value not in ("", None):
                sheet.write(index, column, value)
    book.save(str(target))


def main() -> None:
    """Write every example."""
    hubspot = EXAMPLES / "hubspot"
    hubspot.mkdir(parents=True, exist_ok=True)
    for name, rows in (("companies", COMPANIES), ("contacts", CONTACTS), ("deals", DEALS)):
        # HubSpot writes a byte-order mark.
        (hubspot / f"hubspot-crm-exports-all-{name}-2025-09-30.csv").write_bytes(csv_bytes(rows, "utf-8-sig"))
    write_salesforce(EXAMPLES / "salesforce-export.zip")
    write_pipedrive(EXAMPLES / "leads-29470011-3.xlsx")
    write_fair(EXAMPLES / "trade-fair-leads.xls")


if __name__ == "__main__":
    main()
